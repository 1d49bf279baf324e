import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { askDecisionPoint } from '../../../core/access/authzen/foreignPoint';
import { axiosTransport } from '../../../connectors/http/axiosTransport';

/** A decision point that answers as it is told to. */
let server: Server;
let listener: RequestListener;
let url: string;
beforeAll(async () => {
	server = createServer((request, response) => listener(request, response));
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/access/v1/evaluation`;
});
afterAll(() => {
	server.closeAllConnections();
	server.close();
});

const evaluation = {
	subject: { type: 'user', id: 'E1' },
	action: { name: 'read' },
	resource: { type: 'record', id: '1' },
};
const ask = async (timeoutMs = 20_000) =>
	await askDecisionPoint(axiosTransport(), evaluation, { url, timeoutMs, requestId: 'r-1' });
const says =
	(status: number, body: string, type = 'application/json'): RequestListener =>
	(_request, response) =>
		response.writeHead(status, { 'content-type': type }).end(body);

test('only a decision that is true permits', async () => {
	listener = says(200, '{"decision":true,"context":{"why":"x"}}');
	expect(await ask()).toEqual({
		outcome: 'permit',
		reason: 'permitted',
		status: 200,
		context: { why: 'x' },
		requestId: 'r-1',
	});
	listener = says(200, '{"decision":false}');
	expect(await ask()).toEqual({ outcome: 'deny', reason: 'denied', status: 200, requestId: 'r-1' });
});

test.each([
	['a text for a decision', 200, '{"decision":"true"}', 'unreadable'],
	['a number for a decision', 200, '{"decision":1}', 'unreadable'],
	['no decision', 200, '{}', 'unreadable'],
	['an array', 200, '[{"decision":true}]', 'unreadable'],
	['no JSON', 200, '<html>', 'unreadable'],
	['nothing', 204, '', 'refused'],
	['a decision with another status', 202, '{"decision":true}', 'refused'],
	['400', 400, '"no request"', 'refused'],
	['401', 401, '', 'refused'],
	['500', 500, '{"decision":true}', 'refused'],
])('%s is denied', async (_name, status, body, reason) => {
	listener = says(status, body);
	expect(await ask()).toMatchObject({
		outcome: 'deny',
		reason,
		status,
		failure: expect.any(String) as string,
	});
});

test('no answer in time is denied', async () => {
	listener = () => undefined;
	expect(await ask(50)).toMatchObject({ outcome: 'deny', reason: 'unanswered' });
});

test('a connection that is cut is denied', async () => {
	listener = (request) => request.socket.destroy();
	expect(await ask()).toMatchObject({ outcome: 'deny', reason: 'unanswered' });
});
