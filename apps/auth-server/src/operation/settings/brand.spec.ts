import { expect, it } from '@jest/globals';
import { brandOf, isLegible } from './brand.js';

/** WCAG 2.2, "contrast ratio", written as in the standard. */
function contrast(one: string, other: string): number {
  const luminance = (color: string) => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
      const value = Number.parseInt(color.slice(at, at + 2), 16) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

it.each(['#0f766e', '#000000', '#7c3aed', '#b91c1c', '#1d4ed8', '#00008b', '#6b6b00'])(
  'every colour derived from %s is legible, with the text on it',
  (color) => {
    expect(isLegible(color)).toBe(true);
    const { light, dark } = brandOf('Norte', color, undefined);
    for (const accent of [light.color, light.hover]) {
      expect(contrast(accent, '#f3f6f4')).toBeGreaterThanOrEqual(4.5);
      expect(contrast(accent, light.onColor)).toBeGreaterThanOrEqual(4.5);
    }
    for (const accent of [dark.color, dark.hover]) {
      expect(contrast(accent, '#121d1a')).toBeGreaterThanOrEqual(4.5);
      expect(contrast(accent, dark.onColor)).toBeGreaterThanOrEqual(4.5);
    }
  },
);

it.each(['#767676', '#ff0000', '#4fd1bd', '#ffffff'])('%s is too faint', (color) => {
  expect(isLegible(color)).toBe(false);
});
