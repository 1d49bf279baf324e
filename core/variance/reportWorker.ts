import { parentPort } from 'node:worker_threads';

import { varianceReport } from './report';
import { ReportCollection } from './reportContent';
import type { ReportReply, ReportRequest } from './reportProtocol';
import { varianceWorkbook } from './workbook';

/* Runs in a worker thread; reportThread.ts starts it. */

let collection: ReportCollection | undefined;

parentPort?.on('message', (request: ReportRequest) => {
	answer(request).then(
		(reply) => parentPort?.postMessage(reply),
		(error: unknown) =>
			parentPort?.postMessage({
				kind: 'failed',
				message: error instanceof Error ? error.message : String(error),
			} satisfies ReportReply),
	);
});

async function answer(request: ReportRequest): Promise<ReportReply> {
	switch (request.kind) {
		case 'begin':
			collection = new ReportCollection(request.frame);
			return { kind: 'taken' };
		case 'findings':
			collection?.add(request.findings);
			return { kind: 'taken' };
		case 'settled':
			collection?.addSettled(request.settled);
			return { kind: 'taken' };
		case 'finish': {
			if (collection === undefined) throw new Error('no report was begun');
			const content = collection.content();
			collection = undefined;
			return {
				kind: 'made',
				html: await varianceReport(content),
				workbook: await varianceWorkbook(content),
			};
		}
	}
}
