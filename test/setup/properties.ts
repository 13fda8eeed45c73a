import fc from "fast-check";

// The same cases in every run, so that a red run means a change; FAST_CHECK_SEED explores others.
fc.configureGlobal({ seed: Number(process.env.FAST_CHECK_SEED ?? 20_261_124) });
