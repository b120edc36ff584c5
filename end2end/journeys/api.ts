// The API, as a program calls it.
import type { APIRequestContext } from '@playwright/test';

import { expect } from '../helper';

export type Call = (method: string, path: string, data?: unknown) => Promise<any>;

/** Calls the API with a key; gives the member `data`. */
export function caller(request: APIRequestContext, key: string): Call {
  return async (method, path, data) => {
    const response = await request.fetch(`/v1${path}`, { method, data, headers: { authorization: `Bearer ${key}` } });
    expect(response.ok(), `${method} ${path}: ${await response.text()}`).toBe(true);
    return (await response.json()).data;
  };
}
