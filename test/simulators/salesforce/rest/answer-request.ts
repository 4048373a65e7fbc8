import { ApiError, errorBody, notSimulated } from '../api-error.ts';
import { answerOAuth, bearerToken, type OAuth } from '../auth/oauth-routes.ts';
import { accessOf } from '../data/access.ts';
import { invalidSession } from '../faults.ts';
import type { Deploys } from '../metadata/deploys.ts';
import { answerDeployRequest } from '../metadata/rest-routes.ts';
import { answerTooling } from '../metadata/tooling-routes.ts';
import type { ApiCall } from './api-call.ts';
import type { ApiUsage } from './api-usage.ts';
import { answerData } from './data-routes.ts';
import type { HttpAnswer, HttpRequest } from './http-message.ts';
import { answerPartner } from './partner-routes.ts';
import type { QueryCursors } from './query-cursors.ts';

/** Everything behind the HTTP server. */
export interface Services {
  readonly oauth: OAuth;
  readonly cursors: QueryCursors;
  readonly usage: ApiUsage;
  readonly answerSoap: (request: HttpRequest) => HttpAnswer;
  readonly deploys: Deploys;
}

const NEWEST = 67;
const OLDEST = 60;
/** A GET URL that is longer is refused (REST API Developer Guide, "Status Codes and Error Responses", 414). */
const MAX_URL = 16_384;

/** Answers any request; what nobody answers is a loud failure. */
export function answerRequest(services: Services, request: HttpRequest): HttpAnswer {
  try {
    if (request.path.length + request.query.toString().length > MAX_URL) {
      throw new ApiError(414, 'URI_TOO_LONG', `The URL is longer than ${MAX_URL} bytes`);
    }
    return answerOAuth(services.oauth, request) ?? answerServices(services, request);
  } catch (error) {
    return refusal(error);
  }
}

/** The answer that a refusal is; a defect is thrown on. */
function refusal(error: unknown): HttpAnswer {
  if (!(error instanceof ApiError)) throw error;
  return { status: error.status, body: errorBody(error) };
}

function answerServices(services: Services, request: HttpRequest): HttpAnswer {
  const { org, sessions } = services.oauth;
  if (/^\/services\/Soap\/u\/\d{2}\.0(\/|$)/.test(request.path)) return answerPartner(org, sessions, request);
  if (request.path.startsWith('/services/Soap/')) return services.answerSoap(request);
  const segments = request.path
    .split('/')
    .slice(1)
    .map(decodeSegment)
    .filter((segment, index) => index < 3 || segment !== '');
  if (segments[0] !== 'services' || segments[1] !== 'data') throw notSimulated(`${request.method} ${request.path}`);
  if (segments[2] === undefined || segments[2] === '') return { status: 200, body: versions() };
  return answerVersion(services, request, segments[2], segments.slice(3));
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new ApiError(400, 'URL_NOT_VALID', 'The URL holds a broken percent encoding');
  }
}

function versions(): object[] {
  return Array.from({ length: NEWEST - OLDEST + 1 }, (_, index) => `${OLDEST + index}.0`).map((version) => ({
    label: `API ${version}`,
    url: `/services/data/v${version}`,
    version,
  }));
}

function answerVersion(services: Services, request: HttpRequest, version: string, segments: string[]): HttpAnswer {
  const { oauth, cursors, usage } = services;
  checkVersion(version, request, segments);
  const userId = oauth.sessions.userOf(bearerToken(request));
  const { org } = oauth;
  if (userId === undefined || org.database.get('User', userId)?.['IsActive'] !== true) return invalidSession();
  const user = { userId, system: false };
  const access = accessOf(org, user);
  if (!access.has('ApiEnabled')) {
    throw new ApiError(403, 'API_DISABLED_FOR_ORG', 'API is not enabled for this Organization or Partner');
  }
  const basePath = `/services/data/${version}`;
  const call = { ...request, org, user, access, cursors, basePath, segments };
  const answer = answerCounted(services, call);
  return { ...answer, headers: { ...answer.headers, 'Sforce-Limit-Info': usage.header() } };
}

/** Every answer tells the usage, a refusal too (REST API Developer Guide, "Limit Info Header"). */
function answerCounted({ usage, deploys }: Services, call: ApiCall): HttpAnswer {
  try {
    usage.count();
    if (call.segments[0] === 'limits') return { status: 200, body: usage.limits() };
    if (call.segments[0] === 'metadata') return answerDeployRequest(deploys, call);
    if (call.segments[0] === 'tooling') return answerTooling(call);
    return call.org.database.transaction(() => answerData(call));
  } catch (error) {
    return refusal(error);
  }
}

/** The login of the sf command reads the user and asks for ScratchOrgInfo by older versions; everything else is newer. */
function checkVersion(version: string, { method, query }: HttpRequest, segments: readonly string[]): void {
  const number = Number(/^v(\d{2})\.0$/.exec(version)?.[1] ?? 0);
  const asksForUser = segments[0] === 'sobjects' && segments[1] === 'User';
  const asksForDevHub = segments[0] === 'query' && query.get('q')?.includes('ScratchOrgInfo') === true;
  const loginProbe = number >= 31 && method === 'GET' && (asksForUser || asksForDevHub);
  if ((number < OLDEST && !loginProbe) || number > NEWEST) {
    throw new ApiError(404, 'NOT_FOUND', `The requested resource does not exist: API version ${version}`);
  }
}
