import { expect } from 'chai';
import { html, toText, verbatim, type Html } from '../../../../connector/src/server/page/html.ts';

describe('html', () => {
  const text = (value: Html): string => toText(value);

  it('writes values as text, in elements and in attributes', () => {
    const hostile = `"'><script>alert(1)</script>&amp;`;
    expect(text(html`<p title="${hostile}">${hostile}</p>`)).to.equal(
      '<p title="&quot;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;">' +
        '&quot;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;</p>',
    );
  });

  it('takes its own markup as it is, also in lists, and nothing for undefined', () => {
    const items = ['<a>', 2].map((item) => html`<i>${item}</i>`);
    expect(text(html`<b>${items}${undefined}</b>`)).to.equal('<b><i>&lt;a&gt;</i><i>2</i></b>');
    expect(text(html`${verbatim('<hr>')}`)).to.equal('<hr>');
  });

  it('takes no markup from what was parsed', () => {
    const parsed = JSON.parse('{"markup":"<b>","Symbol(markup)":"<b>"}') as Html;
    expect(() => text(html`${parsed}`)).to.throw(TypeError);
  });

  it('marks what would hide or reverse text', () => {
    expect(text(html`${'a\0b\u0085c\u202ed\u2066e\ud800f\tg\n'}`)).to.equal(
      'a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf\tg\n',
    );
  });
});
