import { expect } from 'chai';
import { childrenOf, fileNamed, filesOf, textOf, type XmlElement } from './force-app.ts';

const DATA_ELEMENTS = ['recordLookups', 'recordCreates', 'recordUpdates', 'recordDeletes', 'actionCalls'];
const MODE_REASON: Readonly<Record<string, RegExp>> = {
  SystemModeWithoutSharing: /system mode without sharing, (because|as) /,
  DefaultMode: /mode of the user \(Default Mode\), (because|as) /,
};

/** Where each fault leads: to a record for the admin, to the person at the screen, or on with the save unchanged. */
const FAULT_ENDS = ['recordCreates', 'screens', 'assignments'];

const CONNECTORS = ['connector', 'nextValueConnector', 'noMoreValuesConnector', 'defaultConnector'];

const targets = (element: XmlElement, connector: string): string[] =>
  childrenOf(element, connector).map((each) => textOf(each, 'targetReference') ?? '');

const dataElements = (root: XmlElement): XmlElement[] =>
  root.children.filter(({ name }) => DATA_ELEMENTS.includes(name));

const elementNamed = (root: XmlElement, name: string): XmlElement =>
  root.children.find((element) => textOf(element, 'name') === name)!;

/** The element that a fault ends at; decisions on the way are followed to their default outcome. */
function endOfFault(root: XmlElement, name: string): XmlElement {
  const element = elementNamed(root, name);
  return element.name === 'decisions' ? endOfFault(root, targets(element, 'defaultConnector')[0]!) : element;
}

/** The names of the elements that a loop runs for each of its items. */
function bodyOf(root: XmlElement, loop: XmlElement): Set<string> {
  const body = new Set<string>();
  const open = targets(loop, 'nextValueConnector');
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (name === textOf(loop, 'name') || body.has(name)) continue;
    body.add(name);
    const element = elementNamed(root, name);
    const ways = [element, ...childrenOf(element, 'rules')];
    open.push(...ways.flatMap((way) => CONNECTORS.flatMap((connector) => targets(way, connector))));
  }
  return body;
}

describe('flows in force-app', () => {
  it('are active, in a run mode that the description explains', () => {
    expect(filesOf('Flow')).to.have.lengthOf(11);
    for (const { name, root } of filesOf('Flow')) {
      expect(textOf(root, 'status'), name).to.equal('Active');
      expect(textOf(root, 'apiVersion'), name).to.equal('67.0');
      expect(textOf(root, 'description'), name).to.match(MODE_REASON[textOf(root, 'runInMode') ?? '']!);
    }
  });

  it('run at a set place in the order when a save starts them', () => {
    const saved = filesOf('Flow').filter(({ root }) =>
      childrenOf(root, 'start').some((start) => textOf(start, 'triggerType')?.startsWith('Record')),
    );
    expect(saved.map(({ name }) => name)).to.deep.equal([
      'CampaignStatus_AfterSave_HaltAccount',
      'CampaignStatus_BeforeSave_StampHalt',
      'EmailMessage_AfterSave_TrackOutbound',
      'Lead_AfterSave_FollowConversion',
      'Task_AfterSave_ApplyReply',
      'Task_AfterSave_NotifyOwner',
      'Task_BeforeSave_LinkOpportunity',
    ]);
    for (const { name, root } of saved) expect(Number(textOf(root, 'triggerOrder')), name).to.be.within(1, 2000);
  });

  it('lead every fault of a data element or an action to a problem record, a screen, or on with the save', () => {
    for (const { name, root } of filesOf('Flow')) {
      for (const element of dataElements(root).filter((each) => textOf(each, 'object') !== 'ReplyProblem__c')) {
        const [fault] = targets(element, 'faultConnector');
        const label = `${name} ${textOf(element, 'name')}`;
        expect(fault, label).to.be.a('string');
        expect(endOfFault(root, fault!).name, label).to.be.oneOf(FAULT_ENDS);
      }
    }
  });

  it('give every reply problem its source, record, words and time', () => {
    const reports = filesOf('Flow').flatMap(({ root }) =>
      dataElements(root).filter((each) => textOf(each, 'object') === 'ReplyProblem__c'),
    );
    expect(reports).to.have.lengthOf.above(5);
    for (const report of reports) {
      const written = childrenOf(report, 'inputAssignments').map((each) => textOf(each, 'field'));
      expect(written).to.have.members(['Source__c', 'RecordId__c', 'Problem__c', 'OccurredAt__c']);
    }
  });

  it('read and write data outside of loops', () => {
    const loops = filesOf('Flow').flatMap(({ root }) => childrenOf(root, 'loops').map((loop) => ({ root, loop })));
    expect(loops).to.have.lengthOf(5);
    for (const { root, loop } of loops) {
      const kinds = [...bodyOf(root, loop)].map((name) => elementNamed(root, name).name);
      expect(kinds).to.not.be.empty;
      expect(kinds.filter((kind) => kind === 'subflows' || DATA_ELEMENTS.includes(kind))).to.deep.equal([]);
    }
  });

  it('halt with one statement, and report with another', () => {
    const { root } = fileNamed('Flow', 'Task_AfterSave_ApplyReply');
    expect(dataElements(root).map(({ name }) => name)).to.deep.equal(['recordCreates', 'recordUpdates']);
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
      const source = textOf(filter, 'field') === 'Id' ? 'CampaignStatus__c' : 'WhoId';
      const expression = (formula && textOf(formula, 'expression')) ?? '';
      expect(expression).to.match(
        new RegExp(
          `^IF\\(.*ISBLANK\\(\\{!\\$Record\\.${source}\\}\\).*, \\{!\\$Record\\.Id\\}, \\{!\\$Record\\.${source}\\}\\)$`,
        ),
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
