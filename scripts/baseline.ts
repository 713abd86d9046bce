/**
 * The commit from which the checks of the history start: the style holds for the commits after it, and it
 * stands for the first release until one has a tag.
 */
export const BASELINE = 'b2841b6789456e3eba970e9e8b697d4570d7de9a';
