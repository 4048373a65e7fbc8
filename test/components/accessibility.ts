import type { Page, SerializedAXNode } from 'puppeteer-core';

/** Roles that somebody acts on, and which a screen reader therefore has to be able to name. */
const NAMED_ROLES = [
  'button',
  'link',
  'radio',
  'radiogroup',
  'textbox',
  'dialog',
  'heading',
  'image',
  'progressbar',
  'group',
];

function nodesOf(node: SerializedAXNode): SerializedAXNode[] {
  return [node, ...(node.children ?? []).flatMap(nodesOf)];
}

/** The roles on the page that have no name, by what Chromium hands to a screen reader. */
export async function unnamedRoles(page: Page): Promise<string[]> {
  const root = await page.accessibility.snapshot({ interestingOnly: false });
  const nodes = root === null ? [] : nodesOf(root);
  return nodes.filter(({ role, name }) => NAMED_ROLES.includes(role) && !name?.trim()).map(({ role }) => role);
}

/** Runs in the browser: the name of what has the focus; null when nothing has. */
const FOCUSED = `(() => {
  let focused = document.activeElement;
  while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
  if (focused === null || focused === document.body) return null;
  return focused.getAttribute('aria-label') ?? focused.getAttribute('title') ?? (focused.textContent || focused.tagName);
})()`;

/** The names of what the Tab key reaches, in its order, from the top of the page until it begins again. */
export async function focusOrder(page: Page): Promise<string[]> {
  const order: string[] = [];
  for (let presses = 0; presses < 50; presses += 1) {
    await page.keyboard.press('Tab');
    const name = (await page.evaluate(FOCUSED)) as string | null;
    if (name === null) break;
    order.push(name.replaceAll(/\s+/g, ' ').trim());
  }
  return order;
}

/** What is wrong with the structure of the page: ids that occur twice, references to none, text that is too pale. */
export async function structureProblems(page: Page): Promise<string[]> {
  return page.evaluate(STRUCTURE) as Promise<string[]>;
}

/**
 * Runs in the browser, with the functions of a fresh frame: the shadow DOM of the platform hides what is inside a
 * component from those of the page. Contrast as WCAG 2.2, 1.4.3 defines it: 4.5 to 1, and 3 to 1 for large text.
 */
const STRUCTURE = `(() => {
  const frame = document.head.appendChild(document.createElement('iframe'));
  const { Node, Document } = frame.contentWindow;
  const getter = (name) => (node) => Object.getOwnPropertyDescriptor(Node.prototype, name).get.call(node);
  const [parentOf, childrenOf] = [getter('parentElement'), getter('childNodes')];
  const elements = [...Document.prototype.querySelectorAll.call(document, 'body *')].filter(({ localName }) => localName !== 'script');
  const lineOf = (element) => element ? [element, ...lineOf(parentOf(element))] : [];
  const hidden = (element) => !element.checkVisibility() || lineOf(element).some((above) =>
    above.classList.contains('slds-assistive-text') || above.getAttribute('aria-hidden') === 'true' || above.disabled);
  const ids = elements.map(({ id }) => id).filter(Boolean);
  const doubled = ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => 'id twice: ' + id);
  const missing = elements.flatMap((element) =>
    ['aria-labelledby', 'aria-describedby', 'for'].flatMap((name) =>
      (element.getAttribute(name) ?? '').split(/\\s+/).filter((id) => id && !ids.includes(id)).map((id) => name + ' names no element: ' + id)));
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const channels = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = (color) => {
    const [r, g, b] = color.map((value) => value / 255).map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => lineOf(element).map((above) => channels(getComputedStyle(above).backgroundColor)).find((color) => color[3] > 250) ?? [255, 255, 255];
  const hasText = (element) => childrenOf(element).values().some((node) => node.nodeType === 3 && node.data.trim());
  const pale = elements.filter((element) => hasText(element) && !hidden(element)).flatMap((element) => {
    const style = getComputedStyle(element);
    const [light, dark] = [luminance(channels(style.color)), luminance(behind(element))].sort((a, b) => b - a);
    const contrast = (light + 0.05) / (dark + 0.05);
    const size = parseFloat(style.fontSize);
    const needed = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    return contrast < needed - 0.01 ? ['contrast ' + contrast.toFixed(2) + ' in ' + element.localName + '.' + element.className] : [];
  });
  frame.remove();
  return [...new Set([...doubled, ...missing, ...pale])];
})()`;
