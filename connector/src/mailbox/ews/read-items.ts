import type { EwsClient } from './ews-client.ts';
import { isTooLarge } from './ews-failure.ts';
import type { EwsItem } from './ews-message.ts';

/** Items that one GetItem asks for. */
const BATCH = 100;

/**
 * The header fields of these items, without those that are gone. Where an answer would be larger than the connector
 * holds, the question is halved; an item that alone is too large is known by its properties, so that one monstrous
 * message neither stops a folder nor is lost.
 */
export async function readItems(client: EwsClient, ids: readonly string[]): Promise<EwsItem[]> {
  const found: EwsItem[] = [];
  for (let start = 0; start < ids.length; start += BATCH) {
    found.push(...(await readBatch(client, ids.slice(start, start + BATCH))));
  }
  return found;
}

async function readBatch(client: EwsClient, ids: readonly string[]): Promise<EwsItem[]> {
  try {
    return await client.getItems(ids);
  } catch (error) {
    if (!isTooLarge(error)) throw error;
  }
  if (ids.length === 1) return client.getItems(ids, false);
  const half = Math.ceil(ids.length / 2);
  return [...(await readBatch(client, ids.slice(0, half))), ...(await readBatch(client, ids.slice(half)))];
}
