import { z } from 'zod';
import { ApiError, ERRORS, type ErrorReply } from '@slotdeck/contract/errors';
import { JournalError } from '@slotdeck/operations/engine/journal';
import { StoreError } from '../store/store-error.ts';

/** The one place where an error becomes an answer. What is not known here is `internal` and keeps its details to the log. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof z.ZodError) return invalidRequest(error.issues);
  if (error instanceof StoreError) {
    const code = error.code === 'storage-full' ? 'storage-full' : 'storage-failed';
    return new ApiError(code, storageSentence(code), { seen: error.facts['seen'] ?? error.message }, null, {
      cause: error,
    });
  }
  if (error instanceof JournalError && (error.code === 'storage-full' || error.code === 'storage-failed')) {
    return new ApiError(error.code, storageSentence(error.code), { ...error.facts }, null, { cause: error });
  }
  return readFastifyError(error) ?? new ApiError('internal', ERRORS.internal.means, {}, null, { cause: error });
}

function storageSentence(code: 'storage-full' | 'storage-failed'): string {
  return code === 'storage-full'
    ? 'The disk of the data folder is full: nothing was changed. Free some space there and try again.'
    : 'The data folder cannot be written: nothing was changed. The log says why; `seen` is what the system answered.';
}

/** Errors that Fastify raises before a handler runs, by the code it documents for each. */
function readFastifyError(error: unknown): ApiError | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new ApiError('too-large', ERRORS['too-large'].means, {}, null, { cause: error });
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_ERR_BAD_URL':
      return invalidRequest([{ path: [], message: `${error.message}; send JSON with content-type application/json` }]);
    default:
      return readStatus(error);
  }
}

/** Errors of the layers below that name a status of the caller's own making, such as a path that leads out of the folder. */
function readStatus(error: Error): ApiError | null {
  const status = 'statusCode' in error ? Number(error.statusCode) : 500;
  if (status === 403 || status === 404)
    return new ApiError('not-found', 'There is nothing at this address.', {}, null, { cause: error });
  return status >= 400 && status < 500 ? invalidRequest([{ path: [], message: error.message }]) : null;
}

type Issue = { readonly path: readonly PropertyKey[]; readonly message: string };

/** Each issue under the name of its field, first in words, then as facts. */
export function invalidRequest(issues: readonly Issue[]): ApiError {
  const read = issues.map((issue) => ({ path: issue.path.map(String).join('.'), message: issue.message }));
  const words = read.map((issue) => (issue.path === '' ? issue.message : `${issue.path}: ${issue.message}`)).join('; ');
  return new ApiError('invalid-request', words, { issues: read });
}

export function printErrorReply(error: ApiError, requestId: string): ErrorReply {
  return { error: { code: error.code, message: error.message, facts: error.facts, requestId } };
}
