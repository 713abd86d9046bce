/** Run in each page of the tests: what there is to see of its document. */
const parts = (color) => (color.match(/[\d.]+/g) ?? []).map(Number);

/** WCAG 2.2, relative luminance. */
const luminance = (color) => {
  const [red, green, blue] = parts(color)
    .slice(0, 3)
    .map((value) => value / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

const backgroundOf = (element) => {
  const { backgroundColor } = getComputedStyle(element);
  const seeThrough = parts(backgroundColor)[3] === 0 && element.parentElement !== null;
  return seeThrough ? backgroundOf(element.parentElement) : backgroundColor;
};

const contrastOf = (element) => {
  const [lighter, darker] = [getComputedStyle(element).color, backgroundOf(element)]
    .map(luminance)
    .toSorted((one, other) => other - one);
  return (lighter + 0.05) / (darker + 0.05);
};

const hasText = (element) =>
  element.matches('input') ||
  [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '');

const all = (selector) => [...document.querySelectorAll(selector)];
const excerpt = (element) => element.outerHTML.slice(0, 80);

globalThis.inDocument = {
  /** Identifiers given twice or referred to in vain, and controls without a label. */
  brokenReferences() {
    const ids = all('[id]').map(({ id }) => id);
    const referred = [
      ...all('[aria-describedby]').flatMap((one) =>
        one.getAttribute('aria-describedby').split(' '),
      ),
      ...all('[for]').map((label) => label.getAttribute('for')),
      ...all('a[href^="#"]').map((link) => link.getAttribute('href').slice(1)),
    ];
    return [
      ...ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `twice: ${id}`),
      ...referred.filter((id) => !ids.includes(id)).map((id) => `nowhere: ${id}`),
      ...all('input:not([type="hidden"]), meter')
        .filter(({ labels }) => labels.length !== 1)
        .map(({ id }) => `no label: ${id}`),
    ];
  },

  /** Texts with less than 4.5:1 to what is behind them (WCAG 2.2, section 1.4.3). */
  faintTexts: () =>
    all('body *')
      .filter((element) => hasText(element) && contrastOf(element) < 4.5)
      .map((element) => `${contrastOf(element).toFixed(2)}: ${excerpt(element)}`),

  /** Moving elements, for a reader who prefers reduced motion. */
  movingParts: () =>
    all('body *')
      .filter((element) => {
        const { transitionDuration, animationName } = getComputedStyle(element);
        return transitionDuration !== '0s' || animationName !== 'none';
      })
      .map(excerpt),

  width: () => document.documentElement.scrollWidth,

  enlargeText() {
    document.documentElement.style.fontSize = '200%';
  },

  fieldsOfFirstForm: () => [...document.forms[0].querySelectorAll('input')].map(({ name }) => name),

  focused() {
    const element = document.activeElement;
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    return {
      tag: element.tagName,
      name: element.getAttribute('name') ?? '',
      type: element.getAttribute('type') ?? '',
      outline: outlineStyle === 'none' ? '0px' : outlineWidth,
    };
  },
};
