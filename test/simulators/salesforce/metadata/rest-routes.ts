import { ApiError, notSimulated } from '../api-error.ts';
import type { ApiCall } from '../rest/api-call.ts';
import type { HttpAnswer } from '../rest/http-message.ts';
import type { Deploys, DeployOptions } from './deploys.ts';
import { readForm } from './read-form.ts';

type RestCall = Pick<ApiCall, 'method' | 'path' | 'headers' | 'body' | 'bytes' | 'segments' | 'user'>;

/** Answers `/metadata/deployRequest` (Metadata API Developer Guide, "Metadata REST API"). */
export function answerDeployRequest(deploys: Deploys, call: RestCall): HttpAnswer {
  const [, resource, id, ...rest] = call.segments;
  if (resource !== 'deployRequest' || rest.length > 0) throw notSimulated(`${call.method} ${call.path}`);
  if (id !== undefined && call.method === 'GET') {
    return { status: 200, body: { id, deployResult: deploys.result(id) } };
  }
  if (id !== undefined || call.method !== 'POST') throw notSimulated(`${call.method} ${call.path}`);
  const started = start(deploys, call);
  return { status: 201, body: { id: started, deployResult: deploys.result(started) } };
}

function start(deploys: Deploys, call: RestCall): string {
  const { userId } = call.user;
  if (call.bytes === undefined) {
    const { validatedDeployRequestId } = readJson(call.body) as { validatedDeployRequestId?: unknown };
    if (typeof validatedDeployRequestId !== 'string') throw malformed('validatedDeployRequestId is missing');
    return deploys.startValidated(userId, validatedDeployRequestId);
  }
  const form = readForm(call.headers['content-type'] ?? '', call.bytes);
  const zip = form.get('file');
  const entity = form.get('entity_content') ?? form.get('json');
  if (zip === undefined || entity === undefined) throw malformed('The form needs the parts json and file');
  const { deployOptions } = readJson(Buffer.from(entity).toString('utf8')) as {
    deployOptions?: Record<string, unknown>;
  };
  return deploys.start(userId, zip, readOptions(deployOptions ?? {}));
}

function readOptions(given: Readonly<Record<string, unknown>>): DeployOptions {
  return {
    checkOnly: given['checkOnly'] === true,
    rollbackOnError: given['rollbackOnError'] === true,
    singlePackage: given['singlePackage'] === true,
    testLevel: typeof given['testLevel'] === 'string' ? given['testLevel'] : '',
  };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed('The body is not JSON');
  }
}

const malformed = (message: string): ApiError => new ApiError(400, 'JSON_PARSER_ERROR', message);
