import '@lwc/synthetic-shadow';
import { createElement } from 'lwc';
import COMPONENTS from 'page/components';

/**
 * Puts a component on the page.
 * @param {string} name of its bundle
 * @param {object} properties as a page of the platform sets them
 */
globalThis.showComponent = (name, properties) => {
  const tag = `c-${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  const element = Object.assign(createElement(tag, { is: COMPONENTS[name] }), properties);
  document.querySelector('main').append(element);
  return element;
};
