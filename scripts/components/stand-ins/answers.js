/**
 * What the platform would answer on this page, as the scene set it before the page was loaded.
 * @type {{
 *   operations: Record<string, {records?: Record<string, object[]>, errors?: object[], pending?: boolean}>,
 *   records: Record<string, object>,
 *   saveError?: object,
 *   isReadOnly?: boolean,
 * }}
 */
export const answers = globalThis.platformAnswers;
