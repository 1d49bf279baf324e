/** Milliseconds of a clock that all processes of the machine share and that nothing sets (CLOCK_MONOTONIC on Linux). */
export function machineNow(): number {
	return Number(process.hrtime.bigint()) / 1e6;
}
