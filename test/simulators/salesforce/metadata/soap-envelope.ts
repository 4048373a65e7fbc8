import { parseXml, type XmlElement } from '../flow-xml.ts';

/** One SOAP call: the session, the operation and its arguments by local name. */
export interface SoapCall {
  readonly sessionId: string;
  readonly operation: string;
  readonly argument: XmlElement;
}

const METADATA = 'http://soap.sforce.com/2006/04/metadata';

/** The name of an element without its namespace prefix. */
export function localName({ name }: XmlElement): string {
  return name.slice(name.indexOf(':') + 1);
}

/** The first child of that local name. */
export function childNamed(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((child) => localName(child) === name);
}

/** The text of the first child of that local name; empty when there is none. */
export function childText(element: XmlElement | undefined, name: string): string {
  return childNamed(element, name)?.text.trim() ?? '';
}

/** Reads an envelope; throws an XmlError for what is none. */
export function readEnvelope(xml: string): SoapCall | undefined {
  const envelope = parseXml(xml);
  const session = childNamed(childNamed(envelope, 'Header'), 'SessionHeader');
  const argument = childNamed(envelope, 'Body')?.children[0];
  return argument === undefined
    ? undefined
    : { sessionId: childText(session, 'sessionId'), operation: localName(argument), argument };
}

/** The answer to an operation; lists become repeated elements, undefined members are left out. */
export function writeResult(operation: string, result: object | string, namespace = METADATA): string {
  return envelope(
    `<${operation}Response xmlns="${namespace}">${writeElement('result', result)}</${operation}Response>`,
  );
}

/** A fault with its code in the namespace of the platform, as `sf:INVALID_SESSION_ID`. */
export function writeFault(code: string, message: string): string {
  const fault = `<faultcode>sf:${escape(code)}</faultcode><faultstring>${escape(`${code}: ${message}`)}</faultstring>`;
  return envelope(`<soapenv:Fault xmlns:sf="${METADATA}">${fault}</soapenv:Fault>`);
}

function envelope(body: string): string {
  const namespace = 'http://schemas.xmlsoap.org/soap/envelope/';
  return `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="${namespace}"><soapenv:Body>${body}</soapenv:Body></soapenv:Envelope>`;
}

function writeElement(name: string, value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.map((each) => writeElement(name, each)).join('');
  if (typeof value !== 'object')
    return `<${name}>${escape(typeof value === 'string' ? value : JSON.stringify(value))}</${name}>`;
  const members = Object.entries(value).map(([key, inner]) => writeElement(key, inner));
  return `<${name}>${members.join('')}</${name}>`;
}

/** Text as it stands between tags and in attributes. */
export function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
