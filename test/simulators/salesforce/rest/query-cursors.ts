import { ApiError } from '../api-error.ts';
import { recordId } from '../record-id.ts';
import type { QueryAnswer } from '../soql/run-query.ts';

/** Rows of a page: at most 2,000, at least 200 (REST API Developer Guide, "Query Options Header"). */
const MAX_PAGE = 2_000;
const MIN_PAGE = 200;

/** Answers that are read page by page. */
export interface QueryCursors {
  /** The first page of an answer; keeps the rest for `next`. */
  open(answer: QueryAnswer, optionsHeader: string | undefined, basePath: string): object;
  /** The page that a locator such as `01gLO0000000001-2000` names. */
  next(locator: string, basePath: string): object;
}

/** No answer is open at first. */
export function createQueryCursors(): QueryCursors {
  const open = new Map<string, { readonly answer: QueryAnswer; readonly size: number }>();
  const page = (id: string, start: number, basePath: string): object => {
    const { answer, size } = open.get(id)!;
    const end = start + size;
    const done = end >= answer.records.length;
    const body = { totalSize: answer.totalSize, done, records: answer.records.slice(start, end) };
    return done ? body : { ...body, nextRecordsUrl: `${basePath}/query/${id.slice(0, 15)}-${end}` };
  };
  return {
    open(answer, optionsHeader, basePath) {
      const id = recordId('01g', open.size + 1).slice(0, 15);
      open.set(id, { answer, size: pageSize(optionsHeader) });
      return page(id, 0, basePath);
    },
    next(locator, basePath) {
      const [id = '', start = ''] = locator.split('-');
      if (!open.has(id) || !/^\d{1,9}$/.test(start)) {
        throw new ApiError(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator');
      }
      return page(id, Number(start), basePath);
    },
  };
}

function pageSize(header: string | undefined): number {
  const wanted = Number(/batchSize=(\d{1,9})/i.exec(header ?? '')?.[1] ?? MAX_PAGE);
  return Math.min(MAX_PAGE, Math.max(MIN_PAGE, wanted));
}
