import { expect } from 'chai';
import { childrenOf, fileNamed, filesOf, textOf, type XmlElement } from './force-app.ts';

const DATA_ELEMENTS = ['recordLookups', 'recordCreates', 'recordUpdates', 'recordDeletes'];
const EXPECTED = ['CampaignStatus_BeforeSave_StampHalt', 'Task_AfterSave_ApplyReply'];

const target = (element: XmlElement, connector: string): string | undefined =>
  childrenOf(element, connector).map((each) => textOf(each, 'targetReference'))[0];

const dataElements = (root: XmlElement): XmlElement[] =>
  root.children.filter(({ name }) => DATA_ELEMENTS.includes(name));

describe('flows in force-app', () => {
  it('are active, run at a set place in the order, in a run mode that the description explains', () => {
    expect(filesOf('Flow').map(({ name }) => name)).to.deep.equal(EXPECTED);
    for (const { root } of filesOf('Flow')) {
      expect(textOf(root, 'status')).to.equal('Active');
      expect(textOf(root, 'apiVersion')).to.equal('67.0');
      expect(Number(textOf(root, 'triggerOrder'))).to.be.within(1, 2000);
      expect(textOf(root, 'runInMode')).to.equal('SystemModeWithoutSharing');
      expect(textOf(root, 'description')).to.match(/system mode without sharing, (because|as) /);
    }
  });

  it('lead every fault of a data element to a reply problem with its source, record, words and time', () => {
    for (const { name, root } of filesOf('Flow')) {
      const faultTargets = dataElements(root).map((element) => target(element, 'faultConnector'));
      for (const element of dataElements(root)) {
        const own = textOf(element, 'name');
        if (!faultTargets.includes(own)) expect(target(element, 'faultConnector'), `${name} ${own}`).to.be.a('string');
      }
      for (const fault of faultTargets.filter((each) => each !== undefined)) {
        const report = dataElements(root).find((element) => textOf(element, 'name') === fault)!;
        expect(textOf(report, 'object')).to.equal('ReplyProblem__c');
        const written = childrenOf(report, 'inputAssignments').map((each) => textOf(each, 'field'));
        expect(written).to.have.members(['Source__c', 'RecordId__c', 'Problem__c', 'OccurredAt__c']);
      }
    }
  });

  it('read and write data outside of loops, so that a batch costs one query and one statement', () => {
    for (const { root } of filesOf('Flow')) {
      expect(childrenOf(root, 'loops')).to.deep.equal([]);
      expect(dataElements(root).length).to.be.at.most(2);
    }
  });

  it('start for Tasks that carry a reply key alone', () => {
    const start = childrenOf(fileNamed('Flow', 'Task_AfterSave_ApplyReply').root, 'start')[0]!;
    const [filter, ...others] = childrenOf(start, 'filters');
    expect(others).to.deep.equal([]);
    expect(filter && [textOf(filter, 'field'), textOf(filter, 'operator')]).to.deep.equal(['ReplyKey__c', 'IsNull']);
    expect(textOf(start, 'recordTriggerType')).to.equal('Create');
  });

  it('compare a person or an enrolment only with a formula that is never empty', () => {
    const { root } = fileNamed('Flow', 'Task_AfterSave_ApplyReply');
    const [update] = childrenOf(root, 'recordUpdates');
    const scope = childrenOf(update!, 'filters').filter((filter) =>
      ['Contact__c', 'Lead__c', 'Id'].includes(textOf(filter, 'field') ?? ''),
    );
    expect(scope).to.have.lengthOf(3);
    for (const filter of scope) {
      const reference = textOf(childrenOf(filter, 'value')[0]!, 'elementReference');
      const formula = childrenOf(root, 'formulas').find((each) => textOf(each, 'name') === reference);
      expect(formula && textOf(formula, 'expression')).to.match(
        /^IF\(ISBLANK\(\{!(\$Record\.\w+)\}\), \{!\$Record\.Id\}, \{!\1\}\)$/,
      );
    }
  });

  it('give back in a refused save every field that a reply writes', () => {
    const written = childrenOf(fileNamed('Flow', 'Task_AfterSave_ApplyReply').root, 'recordUpdates')
      .flatMap((update) => childrenOf(update, 'inputAssignments'))
      .map((each) => `$Record.${textOf(each, 'field')}`);
    const restore = childrenOf(fileNamed('Flow', 'CampaignStatus_BeforeSave_StampHalt').root, 'assignments').find(
      (each) => textOf(each, 'name') === 'Keep_What_Stands',
    );
    const restored = childrenOf(restore!, 'assignmentItems').map((item) => textOf(item, 'assignToReference'));
    expect(restored).to.have.members(written);
  });
});
