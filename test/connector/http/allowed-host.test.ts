import { expect } from 'chai';

import { allowedUrl } from '../../../connector/src/http/allowed-host.ts';
import { HttpError } from '../../../connector/src/http/http-error.ts';

const RULES = ['gmail.googleapis.com', '127.0.0.1:4600', '[::1]:4600', '.salesforce.com'];

describe('allowedUrl', () => {
  const allowed = [
    'https://gmail.googleapis.com/gmail/v1/users/me/profile',
    'https://GMAIL.googleapis.com/',
    'https://gmail.googleapis.com:443/',
    'http://127.0.0.1:4600/',
    'http://2130706433:4600/',
    'http://[::1]:4600/',
    'https://acme.my.salesforce.com/services',
  ];
  for (const address of allowed) {
    it(`lets ${address} pass`, () => {
      expect(allowedUrl(address, RULES)).to.be.instanceOf(URL);
    });
  }

  const refused = [
    'https://evil.example/',
    'https://gmail.googleapis.com.evil.example/',
    'https://xgmail.googleapis.com/',
    'https://gmail.googleapis.com:8443/',
    'https://gmail.googleapis.com@evil.example/',
    'https://evil.example#gmail.googleapis.com',
    'https://evil.example\\@gmail.googleapis.com/',
    'https://user:secret@gmail.googleapis.com/',
    'http://gmail.googleapis.com/',
    'http://127.0.0.1:4601/',
    'http://127.0.0.1/',
    'http://169.254.169.254/latest/meta-data',
    'https://salesforce.com/',
    'https://.salesforce.com/',
    'https://evilsalesforce.com/',
    'https://acme.my.salesforce.com:8443/',
    'file:///etc/passwd',
    'data:text/plain,x',
    'gmail.googleapis.com',
    '//gmail.googleapis.com/',
    '',
  ];
  for (const address of refused) {
    it(`refuses ${JSON.stringify(address)}`, () => {
      expect(() => allowedUrl(address, RULES))
        .to.throw(HttpError)
        .with.property('code', 'host_refused');
    });
  }

  it('does not repeat a password that stands in an address', () => {
    expect(() => allowedUrl('https://user:secret@evil.example/', RULES))
      .to.throw(HttpError)
      .with.property('message')
      .that.does.not.contain('secret');
  });

  it('quotes no more of an address than a host can have', () => {
    expect(() => allowedUrl(`https://${'x'.repeat(5000)}/`, RULES))
      .to.throw(HttpError)
      .with.property('message')
      .with.length.below(500);
  });
});
