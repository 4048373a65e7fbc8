import { answers } from './answers.js';

/** Stand-in for the wire adapter getRecord. */
export class getRecord {
  constructor(emit) {
    this.emit = emit;
    emit({ data: undefined, error: undefined });
  }

  async update({ recordId }) {
    if (!recordId) return;
    await Promise.resolve();
    this.emit({ data: answers.records[recordId] ?? { fields: {} }, error: undefined });
  }

  connect() {}

  disconnect() {}
}

export function getFieldValue(record, field) {
  return record.fields[field.fieldApiName]?.value;
}

export async function updateRecord(record) {
  await Promise.resolve();
  if (answers.saveError) throw answers.saveError;
  return record;
}

export async function notifyRecordUpdateAvailable() {}
