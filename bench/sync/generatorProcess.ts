import { setTimeout as pause } from 'node:timers/promises';

import { connectAsync } from 'mqtt';

import { topicOf } from '../../core/events/event';
import { answerQuestions } from './childProcess';
import { machineNow } from './clock';
import { eventsOf, type OrderRun } from './orders';

/** The ERP's side: publishes a run's events at QoS 1, in order over one connection. */
export type Generator = {
	/** At `perSecond`, or as fast as the broker takes them. Answers each event's instant (see clock.ts), once all are confirmed. */
	publish(what: { run: OrderRun; perSecond?: number }): Promise<number[]>;
};

/** Unconfirmed events at most, as an ERP's relay has it. */
const window = 1_000;

answerQuestions<{ brokerUrl: string }, Generator>(async ({ brokerUrl }) => {
	const client = await connectAsync(brokerUrl, { clientId: 'bench-erp', clean: true });
	return {
		async publish({ run, perSecond }) {
			const messages = [...eventsOf(run, new Date().toISOString())].map((event) => ({
				topic: topicOf('erp', event),
				payload: JSON.stringify(event),
			}));
			const instants: number[] = [];
			const unconfirmed = new Set<Promise<unknown>>();
			const start = machineNow();
			for (const [index, { topic, payload }] of messages.entries()) {
				if (perSecond !== undefined) {
					const wait = start + (index * 1_000) / perSecond - machineNow();
					if (wait > 0) await pause(wait);
				}
				instants.push(machineNow());
				const confirmed = client
					.publishAsync(topic, payload, { qos: 1 })
					.finally(() => unconfirmed.delete(confirmed));
				unconfirmed.add(confirmed);
				if (unconfirmed.size >= window) await Promise.race(unconfirmed);
			}
			await Promise.all(unconfirmed);
			return instants;
		},
	};
});
