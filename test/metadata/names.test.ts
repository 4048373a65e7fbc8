import { expect } from 'chai';
import { childrenOf, FILES, filesOf, flowElements, textOf } from './force-app.ts';

/** How a name says what starts the flow, by the trigger; a flow without one is started by a user or by another flow. */
const TRIGGERS: Readonly<Record<string, string>> = {
  RecordBeforeSave: 'Before Save',
  RecordAfterSave: 'After Save',
  Scheduled: 'Scheduled',
};
const STARTED: Readonly<Record<string, string>> = { Flow: 'Screen', AutoLaunchedFlow: 'Sub' };

const spaced = (text: string): string => text.replaceAll(/(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, ' ');

describe('names in force-app', () => {
  it('write objects and fields in PascalCase without underscores', () => {
    const names = [...filesOf('CustomObject'), ...filesOf('CustomField')].flatMap(({ name }) => name.split('.'));
    expect(names.filter((name) => name !== 'Activity' && !/^[A-Z][A-Za-z0-9]*__(?:c|mdt)$/.test(name))).to.deep.equal(
      [],
    );
  });

  it('spell the label of an object or field as its API name in words', () => {
    const spelled = [...filesOf('CustomObject'), ...filesOf('CustomField')].map(({ name, root }) => ({
      name: (name.split('.').at(-1) ?? '').replace(/__(?:c|mdt)$/, ''),
      label: (textOf(root, 'label') ?? '').replaceAll(/[ -]/g, ''),
    }));
    expect(spelled.filter(({ name, label }) => name !== label)).to.deep.equal([]);
  });

  it('spell the label of a component as its name in words', () => {
    const components = filesOf('LightningComponentBundle').map(({ name, root }) => ({
      name: name.toLowerCase(),
      label: (textOf(root, 'masterLabel') ?? '').replaceAll(' ', '').toLowerCase(),
    }));
    expect(components.filter(({ name, label }) => name !== label)).to.deep.equal([]);
  });

  it('name a flow by its object, what starts it and what it does', () => {
    for (const { name, root } of filesOf('Flow')) {
      const start = childrenOf(root, 'start')[0];
      const trigger = start && textOf(start, 'triggerType');
      const [object = '', starts = '', purpose = ''] = name.split('_');
      expect(spaced(starts), name).to.equal(
        trigger === undefined ? STARTED[textOf(root, 'processType') ?? ''] : TRIGGERS[trigger],
      );
      const started = start && textOf(start, 'object');
      if (started !== undefined) expect([object, `${object}__c`], name).to.include(started);
      expect(textOf(root, 'label')?.toLowerCase()).to.equal(
        `${object} - ${spaced(starts)} - ${spaced(purpose)}`.toLowerCase(),
      );
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
    const rooms = ['app', 'reporting', 'sequence', 'tracking'].map((room) => `force-app/main/${room}`);
    const kept = new Set(FILES.map(({ path }) => path.split('/').slice(0, 3).join('/')));
    expect(rooms).to.include.members([...kept]);
  });
});
