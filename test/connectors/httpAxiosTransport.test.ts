import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { inspect } from 'node:util';

import { axiosTransport } from '../../connectors/http/axiosTransport';
import { TransportError } from '../../core/ports/httpTransport';

let server: Server;
let url: string;
let respond: (request: IncomingMessage, response: ServerResponse) => void;
let connections: Set<Socket>;
const transport = axiosTransport({ timeoutMs: 2_000 });

beforeAll(async () => {
	connections = new Set();
	server = createServer((request, response) => respond(request, response));
	server.on('connection', (socket) => connections.add(socket));
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
	transport.close();
	server.closeAllConnections();
	server.close();
});

test.each([200, 302, 404, 500])('status %i is an answer, not an error', async (status) => {
	respond = (_request, response) => response.writeHead(status, { 'X-Kind': 'Test' }).end('{"a":"1.10"}');
	expect(await transport({ method: 'GET', url })).toMatchObject({
		status,
		headers: { 'x-kind': 'Test' },
		body: { a: '1.10' },
	});
});

test('text that is no JSON stays text, an empty body is empty', async () => {
	respond = (_request, response) => response.end('<html>Bad gateway</html>');
	expect((await transport({ method: 'GET', url })).body).toBe('<html>Bad gateway</html>');
	respond = (_request, response) => response.end();
	expect((await transport({ method: 'GET', url })).body).toBe('');
});

test('the body goes as JSON, the query encoded, over one connection for many calls', async () => {
	connections.clear();
	const seen: string[] = [];
	respond = (request, response) => {
		let text = '';
		request.on('data', (chunk: Buffer) => (text += chunk.toString()));
		request.on('end', () => {
			seen.push(`${request.url ?? ''} ${request.headers['content-type'] ?? ''} ${text}`);
			response.end('{}');
		});
	};
	const own = axiosTransport();
	await own({ method: 'POST', url: `${url}/a`, query: { q: '纸 & 笔' }, body: { b: '0.10' } });
	await own({ method: 'PUT', url: `${url}/a`, body: 'text' });
	own.close();
	expect(seen).toEqual([
		`/a?q=${encodeURIComponent('纸')}+%26+${encodeURIComponent('笔')} application/json {"b":"0.10"}`,
		'/a application/json "text"',
	]);
	expect(connections.size).toBe(1);
});

test('a server that hangs or cuts the connection, or is not there, is a TransportError without secrets', async () => {
	const secret = 'Bearer top-secret';
	const headers = { authorization: secret };
	const query = { api_key: 'query-secret' };
	respond = () => undefined;
	const hanging = transport({ method: 'GET', url, headers, query, timeoutMs: 50 });
	await expect(hanging).rejects.toThrow('within 50 ms');
	respond = (request) => request.socket.destroy();
	for (const address of [url, 'http://127.0.0.1:1', 'not a url']) {
		const error: unknown = await transport({
			method: 'POST',
			url: address,
			headers,
			query,
			body: { secret },
		}).catch((reason: unknown) => reason);
		expect(error).toBeInstanceOf(TransportError);
		expect(inspect(error, { depth: 10 })).not.toContain('secret');
	}
});
