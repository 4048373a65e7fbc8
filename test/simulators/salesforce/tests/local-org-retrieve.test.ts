import { expect } from 'chai';
import type { Connection } from 'jsforce';
import type { Package, RetrieveResult } from 'jsforce/lib/api/metadata/schema.js';
import { unzipSync } from 'fflate';
import { parseXml } from '../flow-xml.ts';
import { startLocalOrg, type LocalOrg } from '../local-org.ts';
import { connect, refusalOf } from './connect.ts';
import { contentOf, deploy, deployZip, field, metadataFile, objectHead } from './metadata-files.ts';
import { createUser } from './people.ts';
import { SAMPLE } from './sample-metadata.ts';

const DAY = 86_400_000;
const VALIDATE = { rollbackOnError: true, singlePackage: true, checkOnly: true };
/** One small object. */
const THING = { 'objects/Thing__c.object': metadataFile('CustomObject', objectHead('Thing')) };

function unzip(zip: Uint8Array): Record<string, string> {
  const decoder = new TextDecoder();
  return Object.fromEntries(Object.entries(unzipSync(zip)).map(([path, bytes]) => [path, decoder.decode(bytes)]));
}

describe('local org: the calls of the Metadata API beside deploy', () => {
  let org: LocalOrg;
  let connection: Connection;
  let now: Date;

  beforeEach(async () => {
    now = new Date('2026-03-02T09:00:00.000Z');
    org = await startLocalOrg({ now: () => now });
    connection = connect(org);
    connection.metadata.pollInterval = 10;
  });

  afterEach(async () => {
    expect(org.notSimulated).to.deep.equal([]);
    await org.close();
  });

  /** A package.xml as the call takes it; jsforce's type asks for elements that every manifest leaves out. */
  const manifest = (members: Record<string, readonly string[]>): Package => {
    const types = Object.entries(members).map(([name, all]) => ({ name, members: [...all] }));
    return { types, version: '67.0' } as unknown as Package;
  };

  function retrieve(members: Record<string, readonly string[]>, as = connection): Promise<RetrieveResult> {
    as.metadata.pollInterval = 10;
    return as.metadata.retrieve({ apiVersion: 67, singlePackage: true, unpackaged: manifest(members) }).complete();
  }

  const filesOf = ({ zipFile }: RetrieveResult): Record<string, string> => unzip(Buffer.from(zipFile, 'base64'));

  const membersOf = (xml: string): Record<string, string[]> =>
    Object.fromEntries(
      parseXml(xml).children.flatMap(({ name, children }) =>
        name === 'types'
          ? [[children.at(-1)!.text, children.filter((each) => each.name === 'members').map(({ text }) => text)]]
          : [],
      ),
    );

  it('a retrieve gives back what was deployed, file by file', async () => {
    await deploy(connection, SAMPLE);
    const asked = membersOf(unzip(deployZip(SAMPLE))['package.xml'] ?? '');
    const retrieved = filesOf(await retrieve(asked));
    const { 'package.xml': named = '', ...files } = retrieved;
    expect(Object.keys(files).sort()).to.deep.equal(Object.keys(SAMPLE).sort());
    for (const [path, text] of Object.entries(files)) {
      if (path.endsWith('.js') || path.endsWith('.html')) expect(text).to.equal(SAMPLE[path]);
      else expect(contentOf(text), path).to.deep.equal(contentOf(SAMPLE[path] ?? ''));
    }
    expect(membersOf(named)).to.include.keys(Object.keys(asked));
  });

  it('what a retrieve gives can be deployed into another org', async () => {
    await deploy(connection, THING);
    const files = filesOf(await retrieve({ CustomObject: ['Thing__c'] }));
    const other = await startLocalOrg();
    const { 'package.xml': _, ...components } = files;
    const failures = await deploy(connect(other), components);
    const { name } = await connect(other).sobject('Thing__c').describe();
    await other.close();
    expect(failures).to.deep.equal([]);
    expect(name).to.equal('Thing__c');
  });

  it('a wildcard gives all custom objects and no standard one; a field can be asked for by itself', async () => {
    const account = metadataFile('CustomObject', field('Region__c', 'Text', { length: 10 }));
    await deploy(connection, { ...THING, 'objects/Account.object': account });
    const all = filesOf(await retrieve({ CustomObject: ['*'] }));
    const one = filesOf(await retrieve({ CustomField: ['Account.Region__c'] }));
    expect(Object.keys(all)).to.have.members(['objects/Thing__c.object', 'package.xml']);
    expect(Object.keys(one)).to.have.members(['objects/Account.object', 'package.xml']);
    expect(contentOf(one['objects/Account.object'] ?? '')).to.deep.equal(contentOf(account));
  });

  it('a retrieve of what is not there succeeds and says so', async () => {
    const { success, messages } = await retrieve({ Flow: ['Nope'] });
    expect(success).to.satisfy((each: unknown) => String(each) === 'true');
    expect([messages].flat()).to.deep.equal([
      { fileName: 'package.xml', problem: "Entity of type 'Flow' named 'Nope' cannot be found" },
    ]);
  });

  it('lists components by type, reports by their folder', async () => {
    await deploy(connection, SAMPLE);
    const names = async (type: string, folder?: string): Promise<string[]> => {
      const query = folder === undefined ? { type } : { type, folder };
      return [await connection.metadata.list([query], '67.0')].flat().map(({ fullName }) => fullName);
    };
    const reports = Object.keys(SAMPLE).filter((path) => path.endsWith('.report'));
    const [, folder = ''] = reports[0]?.split('/') ?? [];
    expect(await names('Flow')).to.deep.equal(
      Object.keys(SAMPLE).flatMap((path) => /^flows\/(.*)\.flow$/.exec(path)?.[1] ?? []),
    );
    expect(await names('Report', folder)).to.deep.equal(
      reports.map((path) => path.slice('reports/'.length, -'.report'.length)),
    );
    expect(await names('ReportFolder')).to.deep.equal([folder]);
    expect(await names('ApexClass')).to.deep.equal([]);
  });

  it('describes the types that it takes', async () => {
    const { metadataObjects } = await connection.metadata.describe('67.0');
    const flow = metadataObjects.find(({ xmlName }) => xmlName === 'Flow');
    const object = metadataObjects.find(({ xmlName }) => xmlName === 'CustomObject');
    expect(flow).to.include({ directoryName: 'flows', suffix: 'flow' });
    expect(object?.childXmlNames).to.include.members(['CustomField', 'ValidationRule']);
  });

  it('names the components of a deploy, a folder of reports by a type of its own', async () => {
    const { details } = await connection.metadata
      .deploy(deployZip(SAMPLE), { rollbackOnError: true, singlePackage: true })
      .complete(true);
    const types = [details?.componentSuccesses ?? []].flat().map(({ componentType }) => componentType);
    expect(types).to.include.members(['ReportFolder', 'DashboardFolder', 'Report', 'Dashboard', 'CustomField']);
  });

  describe('a validation that ran tests', () => {
    const validate = async (testLevel?: 'RunLocalTests' | 'NoTestRun'): Promise<string> => {
      const options = { ...VALIDATE, ...(testLevel === undefined ? {} : { testLevel }) };
      return (await connection.metadata.deploy(deployZip(THING), options).complete()).id;
    };
    const quick = (validatedDeployRequestId: string): Promise<{ deployResult: { success: boolean } }> =>
      connection.requestPost('/metadata/deployRequest', { validatedDeployRequestId });

    it('changes nothing, and is then deployed without sending it again', async () => {
      const id = await validate('RunLocalTests');
      const before = await refusalOf(connection.sobject('Thing__c').describe());
      const { deployResult } = await quick(id);
      const { name } = await connection.sobject('Thing__c').describe();
      expect(before.errorCode).to.equal('NOT_FOUND');
      expect(deployResult).to.include({ success: true, checkOnly: false });
      expect(name).to.equal('Thing__c');
    });

    it('cannot be deployed after ten days', async () => {
      const id = await validate('RunLocalTests');
      now = new Date(now.getTime() + 10 * DAY + 1000);
      expect((await refusalOf(quick(id))).errorCode).to.equal('INVALID_ID_FIELD');
    });

    for (const testLevel of [undefined, 'NoTestRun'] as const) {
      it(`is not one with the test level ${testLevel ?? 'left out'}`, async () => {
        expect((await refusalOf(quick(await validate(testLevel)))).errorCode).to.equal('INVALID_ID_FIELD');
      });
    }

    it('is not a deploy, and not an id that nobody was given', async () => {
      const { id } = await connection.metadata
        .deploy(deployZip(THING), { ...VALIDATE, checkOnly: false, testLevel: 'RunLocalTests' })
        .complete();
      expect((await refusalOf(quick(id))).errorCode).to.equal('INVALID_ID_FIELD');
      expect((await refusalOf(quick('0Af000000000000AAA'))).errorCode).to.equal('INVALID_CROSS_REFERENCE_KEY');
    });
  });

  it('refuses a user who may not modify metadata', async () => {
    const userId = await createUser(connection, 'rep', {});
    const rep = connect(org, org.openSession(userId));
    const refused = 'INSUFFICIENT_ACCESS';
    expect((await refusalOf(rep.metadata.deploy(deployZip(THING), VALIDATE).complete())).message).to.include(refused);
    expect((await refusalOf(retrieve({ CustomObject: ['*'] }, rep))).message).to.include(refused);
  });

  it('keeps a package as it was when the one that follows it fails', async () => {
    await deploy(connection, THING);
    const broken = metadataFile('CustomObject', objectHead('Other') + field('Code__c', 'Text'));
    const failures = await deploy(connection, { 'objects/Thing__c.object': broken });
    const { 'objects/Thing__c.object': text = '' } = filesOf(await retrieve({ CustomObject: ['Thing__c'] }));
    expect(failures).to.have.lengthOf.at.least(1);
    expect(contentOf(text)).to.deep.equal(contentOf(THING['objects/Thing__c.object']));
  });
});
