/** Where zxcvbn has none. */
export const GENERAL_SUGGESTION = 'Use several words that have nothing to do with each other.';

/** By the keys that zxcvbn answers with. */
export const WARNINGS: Readonly<Record<string, string>> = {
  straightRow: 'Rows of keys are easy to guess.',
  keyPattern: 'Short patterns of keys are easy to guess.',
  simpleRepeat: 'Repeated characters such as "aaa" are easy to guess.',
  extendedRepeat: 'Repeated patterns such as "abcabc" are easy to guess.',
  sequences: 'Sequences such as "abc" or "6543" are easy to guess.',
  recentYears: 'Recent years are easy to guess.',
  dates: 'Dates are easy to guess.',
  topTen: 'This is one of the ten most used passwords.',
  topHundred: 'This is one of the hundred most used passwords.',
  common: 'This is a common password.',
  similarToCommon: 'This is much like a common password.',
  wordByItself: 'A single word is easy to guess.',
  namesByThemselves: 'A name by itself is easy to guess.',
  commonNames: 'Common names are easy to guess.',
  userInputs: 'It holds your name, your address or the name of this service.',
};

/** By the keys that zxcvbn answers with. */
export const SUGGESTIONS: Readonly<Record<string, string>> = {
  l33t: 'Replacing letters by look-alikes, such as "@" for "a", helps little.',
  reverseWords: 'Words spelled backwards help little.',
  allUppercase: 'Writing all in capitals helps little.',
  capitalization: 'A capital at the beginning helps little.',
  dates: 'Leave out dates and years that have to do with you.',
  recentYears: 'Leave out recent years.',
  associatedYears: 'Leave out years that have to do with you.',
  sequences: 'Leave out sequences.',
  repeated: 'Leave out repeated words and characters.',
  longerKeyboardPattern: 'Leave out patterns of keys.',
  anotherWord: 'Add more words that are less common.',
  useWords: GENERAL_SUGGESTION,
};
