import { createElement } from 'lwc';
import { graphql, operationOf } from 'lightning/graphql';

/** What a hostile sender could put into an address, a subject or a reason. */
export const HOSTILE = '<img src=x onerror="alert(1)"><b>{!reply}</b>';

/** A field as GraphQL gives it. */
export const value = (content) => ({ value: content });

/** A record as GraphQL gives it: other records stay what they are, everything else is the value of a field. */
export function record(Id, fields) {
  const read = Object.entries(fields).map(([name, content]) => [
    name,
    /__r$|^Who$/.test(name) ? content : value(content),
  ]);
  return { Id, ...Object.fromEntries(read) };
}

/** Data of an answer: the records of each object. */
export function dataOf(recordsByObject, hasNextPage = false) {
  const connections = Object.entries(recordsByObject).map(([object, records]) => [
    object,
    { edges: records.map((node) => ({ node })), pageInfo: { hasNextPage } },
  ]);
  return { uiapi: { query: Object.fromEntries(connections) } };
}

/** Lets promises and what they render come to an end. */
export async function settle() {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}

/** Puts a component on the page. */
export async function show(tag, Component, properties = {}) {
  const element = Object.assign(createElement(tag, { is: Component }), properties);
  document.body.append(element);
  await settle();
  return element;
}

/** Takes everything off the page again. */
export function clear() {
  document.body.replaceChildren();
  graphql.asked.clear();
  jest.clearAllMocks();
}

/** Answers the query of this name; fails when no component on the page asks it. */
export async function answer(operation, { data, errors, refresh }) {
  expect(asked(operation)).toBeDefined();
  graphql.emit({ data, errors, refresh }, ({ query }) => operationOf(query) === operation);
  await settle();
}

/** The variables that this query was last asked with; undefined when nobody asks it. */
export const asked = (operation) => graphql.asked.get(operation);

/** All elements of this selector in a component and the components below it, in their order. */
export function all(element, selector) {
  return [...element.shadowRoot.querySelectorAll('*')].flatMap((below) => [
    ...(below.matches(selector) ? [below] : []),
    ...(below.shadowRoot ? all(below, selector) : []),
  ]);
}

/** The one element of this selector; fails when there is none, or more than one. */
export function one(element, selector) {
  const found = all(element, selector);
  expect({ selector, count: found.length }).toEqual({ selector, count: 1 });
  return found[0];
}

/** What can be read in a component: its text, and the labels that base components show. */
export function wordsOf(element) {
  const labels = all(element, 'lightning-button, lightning-badge').map(({ label }) => label);
  const texts = [element, ...all(element, '*')].filter(({ shadowRoot }) => shadowRoot);
  return [...texts.map(({ shadowRoot }) => shadowRoot.textContent), ...labels].join(' ').replaceAll(/\s+/g, ' ').trim();
}

/** Presses what stands for an action of a component. */
export async function press(element, action) {
  one(element, `[data-action="${action}"]`).click();
  await settle();
}

/** Titles of icons and icon buttons that a screen reader cannot read out. */
export function unnamed(element) {
  return all(element, 'lightning-button-icon').filter(({ alternativeText }) => !alternativeText);
}
