declare module 'json-server' {
	import type { IncomingMessage, Server, ServerResponse } from 'node:http';

	type Request = IncomingMessage & { path: string; body?: unknown };
	type Response = ServerResponse & { status(code: number): Response; jsonp: (body: unknown) => void };
	type Handler = (request: Request, response: Response, next: () => void) => void;
	interface App {
		use(handler: Handler | Handler[]): void;
		get(setting: string): unknown;
		listen(port: number, host: string, listening: () => void): Server;
	}
	const jsonServer: { create(): App; router(data: object): Handler; bodyParser: Handler[] };
	export default jsonServer;
}
