import { setImmediate as nextTurn } from 'node:timers/promises';

import type { EmbeddedBroker } from '../broker';
import type { Erp } from '../erp/erp';
import { isSettled } from '../settled';
import type { Warehouse } from '../wms/warehouse';

/** Lets a client that subscribes to several topics finish. */
const pauseMs = 100;
const pageLength = 200;

/**
 * After a new subscription to the ERP's events, publishes those of orders that the warehouse has not answered. A consumer
 * that knows an event already recognises it by its id.
 */
export function resendWhenSubscribed(
	broker: EmbeddedBroker,
	options: { erp: Erp; warehouse: Warehouse; topicPrefix: string; stops: Array<() => void> },
): void {
	const { erp, warehouse, topicPrefix } = options;
	let pause: NodeJS.Timeout | undefined;
	let stopped = false;
	options.stops.push(() => {
		stopped = true;
		clearTimeout(pause);
	});

	const resendAll = async (): Promise<void> => {
		let after = '';
		for (;;) {
			const orders = erp.orders({ after, limit: pageLength });
			const open = orders.filter((order) => !isSettled(order, warehouse.reservation(order.id), warehouse));
			if (open.length > 0) erp.resend(open.map(({ id }) => id));
			const last = orders.at(-1);
			if (!last || orders.length < pageLength) return;
			after = last.id;
			await nextTurn();
			if (stopped) return;
		}
	};

	broker.onSubscribe((filters) => {
		if (stopped || !filters.some((filter) => mayMatch(filter, topicPrefix))) return;
		clearTimeout(pause);
		pause = setTimeout(() => {
			resendAll().catch((error: unknown) => console.error('sandbox:', error));
		}, pauseMs);
	});
}

/** Whether the filter can match a sales order's topic, `{prefix}/{system}/salesOrder/...`. */
function mayMatch(filter: string, prefix: string): boolean {
	const plain = filter.replace(/^\$share\/[^/]+\//, '');
	const levels = plain.split('/');
	const wanted = [...prefix.split('/'), undefined, 'salesOrder'];
	for (const [index, level] of wanted.entries()) {
		const given = levels[index];
		if (given === '#') return true;
		if (given === undefined) return false;
		if (given !== '+' && level !== undefined && given !== level) return false;
	}
	return true;
}
