/** A failure whose message is all that the user needs: it is printed alone, without a stack. */
export class Failure extends Error {}

const registryTrouble = /ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|ECONNRESET|ERR_SOCKET_TIMEOUT/;

/** Says in one sentence why a command failed, going by what it printed. */
export function explain(what, output) {
	const trouble = registryTrouble.exec(output)?.[0];
	if (trouble)
		return new Failure(
			`${what} failed: the npm registry cannot be reached (${trouble}). Nothing was changed; check the network or set npm_config_registry, then run the same command again.`,
		);
	if (/ENOSPC/.test(output))
		return new Failure(
			`${what} failed: the disk is full (ENOSPC). Free some space, or point ERP_BRIDGE_CACHE at a folder on a larger disk, then run the same command again.`,
		);
	const lastLines = output.trim().split('\n').slice(-15).join('\n');
	return new Failure(`${what} failed. The end of its output:\n${lastLines}`);
}

/** Runs a script's main function; a Failure ends it with its sentence and exit code 1. */
export async function run(main) {
	try {
		await main();
	} catch (error) {
		if (!(error instanceof Failure)) throw error;
		console.error(`\n${error.message}`);
		process.exitCode = 1;
	}
}
