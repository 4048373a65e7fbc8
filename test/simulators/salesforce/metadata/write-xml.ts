import type { XmlElement } from '../flow-xml.ts';
import { escape } from './soap-envelope.ts';

const INDENT = '    ';

/** A metadata file as the platform writes it: four spaces a level, one element a line. */
export function writeXml(root: XmlElement): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${writeElement(root, '')}`;
}

function writeElement({ name, attributes, children, text }: XmlElement, indent: string): string {
  const given = [...attributes].map(([key, value]) => ` ${key}="${escape(value)}"`).join('');
  if (children.length === 0) {
    return text === '' ? `${indent}<${name}${given}/>\n` : `${indent}<${name}${given}>${escape(text)}</${name}>\n`;
  }
  const inner = children.map((child) => writeElement(child, indent + INDENT)).join('');
  return `${indent}<${name}${given}>\n${inner}${indent}</${name}>\n`;
}
