import { expect } from 'chai';

import { instanceAddress } from '../../../connector/src/salesforce/org-address.ts';
import { readIdentityUrl, sessionOrgId } from '../../../connector/src/salesforce/org-identity.ts';

const instanceUrl = 'https://acme.my.salesforce.com';

describe('the identity of an org', () => {
  it('stands in front of the exclamation mark of a token, in its short form', () => {
    expect(sessionOrgId({ instanceUrl, accessToken: '00DWs000003Gq1x!AQ8AQ' })).to.equal('00DWs000003Gq1xMAC');
  });

  it('is taken from the login before the token', () => {
    const orgId = '00D000000000001EAA';
    expect(sessionOrgId({ instanceUrl, accessToken: '00D000000000002!x', orgId })).to.equal(orgId);
  });

  for (const accessToken of ['opaque', '!x', '005000000000001!x', '00D00000000001!x', '00D0000000000-1!x']) {
    it(`does not stand in the token ${accessToken}`, () => {
      expect(sessionOrgId({ instanceUrl, accessToken })).to.equal(undefined);
    });
  }

  it('stands in an identity URL, with the user', () => {
    const url = 'https://login.salesforce.com/id/00D000000000001EAA/005000000000001AAA';
    expect(readIdentityUrl(url)).to.deep.equal({ orgId: '00D000000000001EAA', userId: '005000000000001AAA' });
  });

  for (const url of [
    '',
    'https://login.salesforce.com/id/00D000000000001EAA',
    'https://login.salesforce.com/id/005000000000001AAA/00D000000000001EAA',
    'https://login.salesforce.com/id/00D000000000001EAA/005000000000001AAA/more',
    'https://login.salesforce.com/id/00D00000000000100/005000000000001AAA',
  ]) {
    it(`does not stand in ${url || 'nothing'}`, () => {
      expect(readIdentityUrl(url)).to.equal(undefined);
    });
  }
});

describe('the instance that an answer to a login names', () => {
  const LOGIN = new URL('https://login.salesforce.com');
  for (const url of [
    'https://acme.my.salesforce.com',
    'https://acme--dev.sandbox.my.salesforce.com',
    'https://na139.salesforce.com',
    'https://base.my.salesforce.mil',
    'https://acme.my.sfcrmproducts.cn',
    'https://login.salesforce.com',
  ]) {
    it(`is believed when it is ${url}`, () => {
      expect(instanceAddress(url, LOGIN)?.origin).to.equal(url);
    });
  }

  for (const url of [
    '',
    'acme.my.salesforce.com',
    'http://acme.my.salesforce.com',
    'https://salesforce.com.attacker.example',
    'https://attacker-salesforce.com',
    'https://salesforce.com',
    'https://acme.my.salesforce.com:8443',
    'https://acme.my.salesforce.com@attacker.example',
    'https://user:word@acme.my.salesforce.com',
    'https://attacker.my.site.com',
    'https://attacker.secure.force.com',
    'https://acme.lightning.force.com',
    'http://127.0.0.1:8080',
    'https://localhost',
    'https://10.0.0.1',
    'ftp://acme.my.salesforce.com',
  ]) {
    it(`is not believed when it is ${url || 'nothing'}`, () => {
      expect(instanceAddress(url, LOGIN)).to.equal(undefined);
    });
  }

  it('may be the very server that was asked, on this machine too', () => {
    const local = new URL('http://127.0.0.1:4600');
    expect(instanceAddress('http://127.0.0.1:4600/', local)?.origin).to.equal(local.origin);
    expect(instanceAddress('http://127.0.0.1:4601/', local)).to.equal(undefined);
  });
});
