/**
 * The commit from which the checks of the history start: the style holds for the commits after it, and it
 * stands for the first release until one has a tag.
 */
export const BASELINE = '0b0df67f243e62ad24045c10d44955f95dcfaf77';
