import { statSync } from 'node:fs';
import { extname } from 'node:path';

/** The name, the logo and the colours of pages and mails. */
export interface Brand {
  readonly name: string;
  /** A file of the operator; the platform's own icon if undefined. */
  readonly logoFile: string | undefined;
  /** On light pages and in mails. */
  readonly light: Accent;
  readonly dark: Accent;
}

/** The colour of buttons and links. */
interface Accent {
  readonly color: string;
  readonly hover: string;
  /** Of text on the colour. */
  readonly onColor: string;
}

type Rgb = readonly [red: number, green: number, blue: number];

/** The contrast that text needs (WCAG 2.2, section 1.4.3). */
const MIN_CONTRAST = 4.5;
/** The lightest and the darkest background that an accent stands on, as in `platform.css`. */
const LIGHT_PAGE: Rgb = [243, 246, 244];
const DARK_CARD: Rgb = [18, 29, 26];
const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];

/** Tells if links and buttons of a colour, written as `#rrggbb`, are legible on light pages. */
export function isLegible(color: string): boolean {
  return contrast(parse(color), LIGHT_PAGE) >= MIN_CONTRAST;
}

/** Derives every accent colour from one that is legible on light pages. */
export function brandOf(name: string, color: string, logoFile: string | undefined): Brand {
  const light = parse(color);
  const dark = lighten(light);
  return {
    name,
    logoFile,
    light: { color, hover: write(mix(light, BLACK, 0.2)), onColor: '#ffffff' },
    dark: { color: write(dark), hover: write(mix(dark, WHITE, 0.3)), onColor: '#06100e' },
  };
}

const LOGO_TYPES = ['.svg', '.png', '.webp'];
const MAX_LOGO_BYTES = 512 * 1024;

/** Tells if a file can be shown as the logo. */
export function isLogoFile(path: string): boolean {
  const file = statSync(path, { throwIfNoEntry: false });
  if (file === undefined || !file.isFile() || file.size > MAX_LOGO_BYTES) return false;
  return LOGO_TYPES.includes(extname(path).toLowerCase());
}

/** Makes a colour brighter, and then whiter, until it is clearly legible on dark pages. */
function lighten(color: Rgb): Rgb {
  const brightest = 235 / Math.max(...color, 1);
  let lighter = color;
  for (let step = 0; contrast(lighter, DARK_CARD) < MIN_CONTRAST + 2; step += 0.05) {
    const brightness = Math.max(1, Math.min(1 + step, brightest));
    lighter = mix(scale(color, brightness), WHITE, Math.max(0, 1 + step - brightest));
  }
  return lighter;
}

function scale([red, green, blue]: Rgb, factor: number): Rgb {
  return [Math.round(red * factor), Math.round(green * factor), Math.round(blue * factor)];
}

function contrast(one: Rgb, other: Rgb): number {
  const [darker, lighter] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return ((lighter ?? 0) + 0.05) / ((darker ?? 0) + 0.05);
}

/** WCAG 2.2, "relative luminance". */
function luminance(color: Rgb): number {
  const [red, green, blue] = color.map((part) => {
    const value = part / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}

function mix([red, green, blue]: Rgb, [r, g, b]: Rgb, share: number): Rgb {
  const between = (from: number, to: number) => Math.round(from + (to - from) * share);
  return [between(red, r), between(green, g), between(blue, b)];
}

function parse(color: string): Rgb {
  const number = Number.parseInt(color.slice(1), 16);
  return [(number >> 16) & 255, (number >> 8) & 255, number & 255];
}

function write([red, green, blue]: Rgb): string {
  const number = (red << 16) | (green << 8) | blue;
  return `#${number.toString(16).padStart(6, '0')}`;
}
