import type { IDataObject, IRun, ITriggerFunctions } from 'n8n-workflow';

import { Dispatcher, type DispatchOptions, type RunOutcome } from '../../core/events/dispatcher';
import type { BridgeEvent } from '../../core/events/event';
import type { Inbox, InboxEntry } from '../../core/events/inbox';
import { outcomeOf } from './failures';

/** How long a trigger that closes waits for its executions; n8n gives them 30 s after that. */
const closePatienceMs = 5_000;

const active = new Map<string, Dispatcher>();
/** Consumers that closed while executions still ran; the next life waits, so that no event runs twice at once. */
const draining = new Map<string, Promise<void>>();

export interface Delivery {
	dispatcher: Dispatcher;
	close(): Promise<void>;
}

/** Hands the inbox's events to the workflow of a trigger, until it is closed; `shown` is the item that an event becomes. */
export function deliver(
	context: ITriggerFunctions,
	inbox: Inbox,
	options: DispatchOptions,
	shown: (event: BridgeEvent) => object = (event) => event,
): Delivery {
	const { consumer } = inbox;
	const dispatcher = new Dispatcher(
		inbox,
		async (events) => await runWorkflow(context, events.map(shown)),
		options,
		(problem) => context.logger.warn(`${context.getNode().name}: ${problem}`),
	);
	active.set(consumer, dispatcher);
	// `emit` works once trigger() has returned.
	setImmediate(() => {
		const earlier = draining.get(consumer) ?? Promise.resolve();
		void earlier.then(async () => await dispatcher.start());
	});
	return {
		dispatcher,
		async close() {
			if (active.get(consumer) === dispatcher) active.delete(consumer);
			const stopped = dispatcher.stop().finally(() => {
				if (draining.get(consumer) === stopped) draining.delete(consumer);
			});
			draining.set(consumer, stopped);
			await Promise.race([stopped, new Promise((resolve) => setTimeout(resolve, closePatienceMs).unref())]);
		},
	};
}

/** Entries that this process stored for a trigger; one that runs in another process finds them within seconds. */
export function offerTo(consumer: string, entries: InboxEntry[]): void {
	active.get(consumer)?.offer(entries);
}

/** Dead letters wait again: the triggers of this process look at once, those of others within seconds. */
export function wakeConsumers(): void {
	for (const dispatcher of active.values()) dispatcher.wake();
}

async function runWorkflow(context: ITriggerFunctions, items: object[]): Promise<RunOutcome> {
	const done = context.helpers.createDeferredPromise<IRun>();
	context.emit([items.map((item) => ({ json: item as IDataObject }))], undefined, done);
	return outcomeOf(await done.promise);
}
