import { expect } from 'chai';

import { writeApart } from '../../../connector/src/deliver/write-apart.ts';
import type { SalesforceWrite, SalesforceWriteResult } from '../../../connector/src/salesforce/salesforce.ts';
import type { OutboxItem } from '../../../connector/src/store/store.ts';
import { NOW, sampleReply } from '../../contract/store-samples.ts';

/** An org whose trigger fails for one subject, and with it every row of the transaction that holds such a row. */
class OrgWithTrigger {
  readonly written: string[] = [];

  write(rows: readonly SalesforceWrite[]): Promise<SalesforceWriteResult[]> {
    const fails = rows.some((row) => row.type === 'Task' && row.reply.subject === 'trigger me');
    if (!fails) this.written.push(...rows.map(({ key }) => key));
    return Promise.resolve(
      rows.map(({ key }) =>
        fails
          ? {
              ...{ key, outcome: 'refused', errorCode: 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY' },
              message: 'CustomerTrigger: execution of BeforeInsert caused by: System.NullPointerException',
            }
          : { key, outcome: 'written', recordId: undefined },
      ),
    );
  }
}

describe('a batch in which one row makes a trigger fail', () => {
  it('is written but for that row, which alone is refused', async () => {
    const org = new OrgWithTrigger();
    const batch = Array.from({ length: 200 }, (_, index): OutboxItem => {
      const reply = sampleReply(`answer-${index}@buyer.example`, 'sent@seller.example', {
        subject: index === 77 ? 'trigger me' : 'fine',
      });
      return { id: String(index), key: reply.replyKey, type: 'Task', reply, attempts: 0, createdAt: NOW };
    });
    const { results, suspects } = await writeApart(org, batch);
    const refused = [...results].filter(([, { outcome }]) => outcome === 'refused').map(([id]) => id);
    expect(refused).to.deep.equal(['77']);
    expect(suspects.size).to.equal(0);
    expect(org.written).to.have.length(199);
  });
});
