import { expect } from 'chai';
import { childrenOf, FILES, filesOf, flowElements, textOf } from './force-app.ts';

const TRIGGERS: Readonly<Record<string, string>> = { RecordBeforeSave: 'Before Save', RecordAfterSave: 'After Save' };

describe('names in force-app', () => {
  it('write objects and fields in PascalCase without underscores', () => {
    const names = [...filesOf('CustomObject'), ...filesOf('CustomField')].flatMap(({ name }) => name.split('.'));
    expect(names.filter((name) => name !== 'Activity' && !/^[A-Z][A-Za-z0-9]*__c$/.test(name))).to.deep.equal([]);
  });

  it('spell the label of an object or field as its API name in words', () => {
    const spelled = [...filesOf('CustomObject'), ...filesOf('CustomField')].map(({ name, root }) => ({
      name: (name.split('.').at(-1) ?? '').replace('__c', ''),
      label: (textOf(root, 'label') ?? '').replaceAll(/[ -]/g, ''),
    }));
    expect(spelled.filter(({ name, label }) => name !== label)).to.deep.equal([]);
  });

  it('name a flow by its object, its trigger and what it does', () => {
    for (const { name, root } of filesOf('Flow')) {
      const start = childrenOf(root, 'start')[0]!;
      const [object = '', trigger = '', purpose = ''] = name.split('_');
      const spaced = (text: string): string => text.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ');
      expect([object, `${object}__c`]).to.include(textOf(start, 'object'));
      expect(spaced(trigger)).to.equal(TRIGGERS[textOf(start, 'triggerType') ?? '']);
      expect(textOf(root, 'label')).to.equal(`${object} - ${spaced(trigger)} - ${spaced(purpose)}`);
    }
  });

  it('name a flow element by its label', () => {
    const differing = filesOf('Flow')
      .flatMap(flowElements)
      .flatMap((element) => [element, ...childrenOf(element, 'rules')])
      .map((element) => ({ name: textOf(element, 'name') ?? '', label: textOf(element, 'label') }))
      .filter(({ name, label }) => label !== undefined && label.replaceAll(/[?,]/g, '').replaceAll(' ', '_') !== name);
    expect(differing).to.deep.equal([]);
  });

  it('let a decision ask and its outcomes answer', () => {
    const decisions = filesOf('Flow').flatMap(({ root }) => childrenOf(root, 'decisions'));
    expect(decisions).to.have.lengthOf.above(5);
    for (const decision of decisions) {
      expect(textOf(decision, 'label')).to.match(/\?$/);
      const answers = [
        textOf(decision, 'defaultConnectorLabel'),
        ...childrenOf(decision, 'rules').map((rule) => textOf(rule, 'label')),
      ];
      for (const answer of answers)
        expect(answer)
          .to.match(/^[A-Z][^?]*$/)
          .and.not.match(/^Default/);
    }
  });

  it('call permission sets by the product and the person', () => {
    for (const { name, root } of filesOf('PermissionSet')) {
      expect(`ReplyTracking${(textOf(root, 'label') ?? '').replace('Reply Tracking: ', '')}`).to.equal(name);
    }
  });

  it('keep rooms by feature', () => {
    const rooms = new Set(FILES.map(({ path }) => path.split('/').slice(0, 3).join('/')));
    expect([...rooms].sort()).to.deep.equal([
      'force-app/main/app',
      'force-app/main/sequence',
      'force-app/main/tracking',
    ]);
  });
});
