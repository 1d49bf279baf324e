import { startCompany } from './company';
import { startBroker } from './broker';
import { CompanyOptions } from './options';

/**
 * The company in a process of its own. Options come as JSON in the environment variable SANDBOX_COMPANY; one line of
 * JSON with the addresses goes to standard output when all is ready. SIGTERM or SIGINT stops it, and so does the
 * end of standard input with SANDBOX_STOP_WITH_PARENT=1. With SANDBOX_ONLY=broker it is a broker alone.
 */
async function main(): Promise<void> {
	const given = JSON.parse(process.env.SANDBOX_COMPANY ?? '{}') as CompanyOptions;
	const running =
		process.env.SANDBOX_ONLY === 'broker' ? await brokerAlone(given) : await startCompany(given);
	let stopping = false;
	const stop = (): void => {
		if (stopping) return;
		stopping = true;
		running.close().then(
			() => process.exit(0),
			(error: unknown) => fail(error),
		);
	};
	process.on('SIGTERM', stop);
	process.on('SIGINT', stop);
	if (process.env.SANDBOX_STOP_WITH_PARENT === '1') process.stdin.on('end', stop).on('error', stop).resume();
	console.log(JSON.stringify({ ready: true, ...running.addresses }));
}

async function brokerAlone(
	given: unknown,
): Promise<{ addresses: { broker: { url: string } }; close(): Promise<void> }> {
	const options = CompanyOptions.pick({ host: true, ports: true, broker: true }).parse(given);
	const credential = typeof options.broker === 'object' && 'embedded' in options.broker ? options.broker : {};
	const { url, close } = await startBroker({ ...credential, host: options.host, port: options.ports.broker });
	return { addresses: { broker: { url } }, close };
}

function fail(error: unknown): never {
	console.error(`The sandbox company failed: ${error instanceof Error ? error.message : String(error)}`);
	process.exit(1);
}

main().catch(fail);
