import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'puppeteer-core';

/** axe-core: the rules of WCAG 2.2 as far as a program can hold a page to them. */
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Rules about a whole page, of which a component is only a part; the platform brings the rest. */
const PAGE_RULES = ['landmark-one-main', 'page-has-heading-one', 'region', 'heading-order'];

/** The dialog of lightning/confirm is the platform's own; what npm has of it carries no name. */
const NOT_OURS = 'lightning-interactive-dialog-base';

/** Rules whose findings axe leaves to people, because some are harmless; here there are none at all. */
const LEFT_TO_PEOPLE = ['duplicate-id-aria', 'aria-valid-attr-value'];

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** What axe finds on the page, a line for each element: the rule, the element, and what is wrong with it. */
export async function violationsOn(page: Page): Promise<string[]> {
  const rules = Object.fromEntries(PAGE_RULES.map((rule) => [rule, { enabled: false }]));
  const run = `axe.run(document, ${JSON.stringify({ rules })})`;
  const found = (await evaluateApart(
    page,
    `${AXE};${run}.then(({ violations, incomplete }) => ({ violations, incomplete }))`,
  )) as { readonly violations: readonly Violation[]; readonly incomplete: readonly Violation[] };
  const doubtful = found.incomplete.filter((each) => LEFT_TO_PEOPLE.includes(each.id) || hasCrashed(each));
  return [...found.violations, ...doubtful].flatMap(({ id, nodes }) =>
    nodes
      .filter(({ html }) => !html.startsWith(`<${NOT_OURS}`))
      .map(({ html, failureSummary = '' }) => `${id}: ${html} ${failureSummary}`),
  );
}

/** A rule that axe could not finish has found nothing, and would pass. */
const hasCrashed = ({ nodes }: Violation): boolean =>
  nodes.some(({ failureSummary }) => failureSummary?.includes('encountered an error'));

/**
 * Evaluates in a world of its own, which shares the elements with the page and not its functions: those that the shadow
 * DOM of the platform replaces hide the inside of components, and axe's look at contrast fails over them.
 */
async function evaluateApart(page: Page, expression: string): Promise<unknown> {
  const session = await page.createCDPSession();
  const { frameTree } = await session.send('Page.getFrameTree');
  const world = await session.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id });
  const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
    ...{ expression, contextId: world.executionContextId },
    ...{ awaitPromise: true, returnByValue: true },
  });
  await session.detach();
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  return result.value;
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
