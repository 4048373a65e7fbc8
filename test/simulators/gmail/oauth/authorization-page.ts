import type { AuthorizationRequest } from './authorization-endpoint.ts';

/** The page on which a person chooses an account and allows or denies; a form that posts back to where it came from. */
export function authorizationPage({ clientId, scopes, loginHint }: AuthorizationRequest): string {
  const boxes = scopes.map(
    (scope) =>
      `<label><input type="checkbox" name="scope" value="${escaped(scope)}" checked> ${escaped(scope)}</label>`,
  );
  return page(
    `${escaped(clientId)} wants to access your Google Account`,
    `<form method="post">
<label>Account <input name="account" type="email" required value="${escaped(loginHint ?? '')}"></label>
${boxes.join('\n')}
<button name="decision" value="allow">Continue</button> <button name="decision" value="deny">Cancel</button>
</form>`,
  );
}

export function refusalPage(message: string): string {
  return page('Access blocked: this request is invalid', `<p>${escaped(message)}</p>`);
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><h1>${title}</h1>\n${body}</html>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
