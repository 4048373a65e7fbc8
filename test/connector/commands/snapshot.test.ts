import { expect } from 'chai';
import { differences, snapshotFiles } from '../../../scripts/snapshot-commands.ts';

describe('the snapshot of the commands', () => {
  let files: ReadonlyMap<string, string>;
  before(async () => {
    files = await snapshotFiles();
  });

  it('holds every flag of every command, and the shape of every result', () => {
    expect(differences(files)).to.deep.equal([]);
  });

  it('has a schema for each command', () => {
    const snapshot = JSON.parse(files.get('command-snapshot.json')!) as readonly { readonly command: string }[];
    const schemas = [...files.keys()].filter((path) => path.startsWith('schemas'));
    expect(snapshot.map(({ command }) => command))
      .to.have.length(17)
      .and.include('reply:mailbox:connect');
    expect(schemas).to.have.length(snapshot.length);
  });

  it('tells when a flag has changed and when a command is gone', () => {
    const changed = new Map(files).set('command-snapshot.json', '[]\n');
    changed.delete('schemas/reply-sync.json');
    expect(differences(changed)).to.deep.equal([
      'schemas/reply-sync.json belongs to no command',
      'command-snapshot.json is not what the commands are',
    ]);
  });
});
