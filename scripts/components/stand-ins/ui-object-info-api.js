import { answers } from './answers.js';

/** Stand-in for getObjectInfo: every field of an object may be edited, or none. */
export class getObjectInfo {
  constructor(emit) {
    this.emit = emit;
    emit({ data: undefined, error: undefined });
  }

  async update({ objectApiName }) {
    await Promise.resolve();
    const { isReadOnly } = answers;
    const fields = new Proxy({}, { get: () => ({ updateable: !isReadOnly }) });
    this.emit({ data: { apiName: objectApiName.objectApiName, updateable: !isReadOnly, fields }, error: undefined });
  }

  connect() {}

  disconnect() {}
}
