/** Characters of a password that stands alone. */
export const MINIMUM_LENGTH = 15;
/** Characters of a password beside a second factor. */
export const MINIMUM_LENGTH_WITH_SECOND_FACTOR = 8;
