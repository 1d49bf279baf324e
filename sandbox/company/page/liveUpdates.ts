import type { ServerResponse } from 'node:http';

const pauseMs = 40;
const heartbeatMs = 15_000;

/** Most orders sent in one update; in a flood the newest are shown and the rest are there when looked for. */
const mostOrders = 60;

/**
 * Tells the open pages what changed (server-sent events). The first change goes out at once; while more come,
 * they are gathered for a moment.
 */
export class LiveUpdates {
	private readonly pages = new Set<ServerResponse>();
	private readonly changed = new Set<string>();
	private pause?: NodeJS.Timeout;
	private heartbeat?: NodeJS.Timeout;

	/** `update` makes what a page shows of these orders, and the figures above them. */
	constructor(private readonly update: (orders: string[]) => unknown) {}

	open(response: ServerResponse): void {
		response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
		response.write(message(this.update([])));
		this.pages.add(response);
		response.on('close', () => this.pages.delete(response));
		this.heartbeat ??= setInterval(() => this.broadcast([]), heartbeatMs);
	}

	changes(orders: string[]): void {
		if (this.pages.size === 0) return;
		for (const order of orders) {
			this.changed.delete(order);
			this.changed.add(order);
		}
		if (this.pause) return;
		this.flush();
	}

	/** The figures above have changed, and no order. */
	figures(): void {
		this.broadcast([]);
	}

	close(): void {
		clearTimeout(this.pause);
		clearInterval(this.heartbeat);
		for (const page of this.pages) page.end();
	}

	private flush(): void {
		this.pause = undefined;
		if (this.changed.size === 0) return;
		const orders = [...this.changed].slice(-mostOrders);
		this.changed.clear();
		this.broadcast(orders);
		this.pause = setTimeout(() => this.flush(), pauseMs);
	}

	private broadcast(orders: string[]): void {
		if (this.pages.size === 0) return;
		const text = message(this.update(orders));
		for (const page of this.pages) page.write(text);
	}
}

function message(body: unknown): string {
	return `data: ${JSON.stringify(body)}\n\n`;
}
