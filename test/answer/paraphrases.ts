/**
 * True claims about the corpus in other words than its own, written by hand by the author of the verifier.
 * The verifier's rules were then corrected on them (78 % were accepted at first), so the accepted share is
 * no independent measure; a second set by another writer would be. `from` is a stretch of the sentence or
 * row that says it; `also` one of a second passage.
 */
export interface Paraphrase {
  readonly claim: string;
  readonly from: string;
  readonly also?: string;
}

export const paraphrases: readonly Paraphrase[] = [
  {
    claim: "Google built the TPU as an application-specific chip that speeds up machine learning.",
    from: "is an application-specific chip that Google designed",
  },
  {
    claim: "Each TensorCore contains MXUs together with one vector and one scalar unit.",
    from: "A TPU chip holds one or more TensorCores",
  },
  {
    claim: "Trillium (v6e) uses a 256 x 256 grid, while earlier chips up to TPU v5 use 128 x 128.",
    from: "The grid is 128 x 128 up to TPU v5",
  },
  { claim: "A TPU v5p chip offers 95 GiB of usable HBM out of 96 GiB.", from: "of which 95 GiB are usable" },
  {
    claim: "In BF16, a TPU v4 pod reaches a peak of 1.1 exaFLOPS.",
    from: "A TPU v4 pod peaks at 1.1 exaFLOPS",
  },
  {
    claim: "One job on a TPU v5p pod can use at most 6,144 of its 8,960 chips.",
    from: "The largest single job on a TPU v5p pod",
  },
  {
    claim:
      "The optical circuit switch accounts for less than 5% of the cost and less than 3% of the power of the system, according to the TPU v4 paper.",
    from: "The TPU v4 paper credits the OCS",
  },
  {
    claim: "TensorFlow isn't supported on TPU7x (Ironwood); JAX and PyTorch are.",
    from: "Google supports JAX and PyTorch; TensorFlow is not supported",
  },
  {
    claim: "Every new input shape makes XLA compile again, which is expensive.",
    from: "XLA handles static shapes",
  },
  { claim: "The H200 SXM comes with 141 GB of HBM3e memory at 4.8 TB/s.", from: "NVIDIA H200 SXM | 141 GB" },
  { claim: "An H100 SXM has 80 GB of HBM3 and a TDP of 700 W.", from: "NVIDIA H100 SXM | 80 GB" },
  {
    claim: "The H100 SXM has 80 GB of memory, while the H200 SXM has 141 GB.",
    from: "NVIDIA H200 SXM | 141 GB",
  },
  {
    claim: "Compared with the H100 SXM, the H200 SXM brings 76% more capacity and 43% more bandwidth.",
    from: "The H200 SXM has 141 GB at 4.8 TB/s where",
  },
  {
    claim: "MIG can divide an H100 or H200 into at most seven isolated instances.",
    from: "Multi-Instance GPU (MIG) splits one H100",
  },
  {
    claim: "FP8 runs at twice the rate of BF16 on the tensor cores of the H100 and H200.",
    from: "tensor cores run FP8 at twice",
  },
  { claim: "Neither the H100 nor the H200 supports FP4 natively.", from: "have no native FP4" },
  {
    claim: "NVLink 4 gives an H100 900 GB/s in both directions together.",
    from: "NVLink 4 (H100, H200, GH200) | 18",
  },
  {
    claim: "With NVLink 5, a B200 gets 1,800 GB/s bidirectional bandwidth over 18 links.",
    from: "NVLink 5 (B200, B300",
  },
  {
    claim: "A GB200 NVL72 has 18 NVSwitch chips, and an 8-GPU H100 node has 4.",
    from: "An 8-GPU A100 node has 6 NVSwitch chips",
  },
  {
    claim: "NVL72 connects 72 GPUs of one rack in a single NVLink domain.",
    from: "NVL72 is an NVLink domain of 72 GPUs",
  },
  {
    claim: "According to NVIDIA, an NVL72 has 130 TB/s of GPU bandwidth in total.",
    from: "NVIDIA states 130 TB/s of total GPU bandwidth",
  },
  { claim: "A PCIe 5.0 x16 slot moves 63 GB/s each way.", from: "A PCIe 5.0 x16 slot carries 63 GB/s" },
  {
    claim: "The driver and Fabric Manager must have matching versions.",
    from: "Fabric Manager must match the driver version",
  },
  {
    claim: "Run `nvidia-smi nvlink --status` to see the speed of each link.",
    from: "nvidia-smi nvlink --status prints",
  },
  {
    claim: "PagedAttention keeps the KV cache of every request in blocks of fixed size.",
    from: "PagedAttention stores the key-value (KV) cache",
  },
  {
    claim: "vLLM listens on port 8000 by default when you run `vllm serve`.",
    from: "The command vllm serve starts an HTTP server",
  },
  {
    claim: "The KV cache in FP8 needs half the memory of one in 16 bits.",
    from: "An FP8 KV cache takes half the memory",
  },
  {
    claim: "`--gpu-memory-utilization` defaults to 0.92 in the 2026 source.",
    from: "--gpu-memory-utilization | 0.92 in the 2026 source",
  },
  {
    claim:
      "When vLLM runs out of KV cache it drops requests and computes them again later, at the cost of latency.",
    from: "When the KV cache is full, vLLM drops requests",
  },
  {
    claim: "vLLM joined the PyTorch Foundation as a hosted project in May 2025.",
    from: "The PyTorch Foundation accepted vLLM",
  },
  {
    claim: "Glenn Lockwood joined VAST Data in July 2025 as Principal Technical Strategist.",
    from: "VAST Data announced on 18 July 2025",
  },
  {
    claim: "At NERSC, Lockwood led the 35 PB all-flash Lustre file system of Perlmutter.",
    from: "was the lead for Perlmutter's 35 PB all-flash",
  },
  {
    claim: "Lockwood took a six-figure cut in base pay and gave up unvested stock when he left.",
    from: "gave up unvested stock",
  },
  {
    claim: "A rack of the GB200 NVL72 needs around 120 kW.",
    from: "a rack such as the GB200 NVL72 draws about 120 kW",
  },
  {
    claim:
      "Direct-to-chip cooling takes up 85 to 95 percent of a rack's heat; air must remove the remainder.",
    from: "captures 85 to 95 percent of the rack heat",
  },
  {
    claim: "The average PUE was 1.54 in 2025, according to the Uptime Institute.",
    from: "weighted average PUE was 1.54",
  },
  {
    claim: "PUE divides total facility power by IT power.",
    from: "is total facility power divided by IT power",
  },
  {
    claim:
      "The coolant is usually 25 percent propylene glycol and 75 percent water (PG25), or treated water.",
    from: "The usual coolant of the technology loop",
  },
  {
    claim: "DDP holds a complete copy of the model on each GPU and averages gradients by all-reduce.",
    from: "Distributed Data Parallel (DDP) keeps a full copy",
  },
  {
    claim: "FSDP uses less memory per GPU than DDP but communicates more.",
    from: "FSDP needs less memory per GPU than DDP",
  },
  {
    claim: "PyTorch went from Meta to the PyTorch Foundation on 12 September 2022.",
    from: "PyTorch moved from Meta to the PyTorch Foundation",
  },
  {
    claim:
      "`torchrun` launches one process for each GPU on every node and sets `RANK`, `LOCAL_RANK` and `WORLD_SIZE`.",
    from: "The launcher torchrun starts one process per GPU",
  },
  { claim: "Lustre's stripe count is 1 unless you change it.", from: "Lustre's default stripe count is 1" },
  { claim: "Data-on-MDT arrived with Lustre 2.11.", from: "Data-on-MDT was introduced in Lustre 2.11" },
  {
    claim: "A full OST makes Lustre return error -28; `lfs df -h` tells which one it is.",
    from: "One full Lustre OST gives error -28",
  },
  {
    claim:
      "Opening a small file took about 2.3 ms on shared Lustre but 11 µs on local NVMe in Stas Bekman's handbook.",
    from: "reports about 2.3 ms to open a small file",
  },
  {
    claim: "Ceph's replicated pool of size 3 takes 3.0 raw bytes for each byte of data.",
    from: "A replicated pool of size 3 uses 3.0 bytes",
  },
  {
    claim: "For erasure coding, the Ceph documentation recommends k=4 with m=2 when in doubt.",
    from: "The Ceph documentation recommends k=4 and m=2",
  },
  {
    claim: "The Clyso cluster consisted of 68 servers with 630 NVMe OSDs and ran Ceph Quincy 17.2.7.",
    from: "The Clyso cluster had 68 servers",
  },
  {
    claim: "Slurm gives a job no GPUs unless it requests them.",
    from: "A Slurm job gets no GPU unless it asks",
  },
  { claim: "Backfill scheduling is enabled by default.", from: "Backfill is on by default in Slurm" },
  {
    claim: "NVIDIA said on 15 December 2025 that it had bought SchedMD, Slurm's main developer.",
    from: "NVIDIA announced on 15 December 2025",
  },
  { claim: "An NDR port runs at 400 Gb/s, or 50 GB/s.", from: "NDR is 400 Gb/s, that is 50 GB/s" },
  {
    claim: "You do not need InfiniBand for 8 GPUs in a single server.",
    from: "InfiniBand is not needed for 8 GPUs",
  },
  { claim: "XDR InfiniBand has 200 Gb/s per lane and 800 Gb/s per 4x port.", from: "InfiniBand XDR | 200" },
  {
    claim: "Eagle ranked third in the TOP500 of November 2023 with 561 petaflop/s on HPL.",
    from: "Eagle entered the TOP500 in November 2023",
  },
  {
    claim: "An ND H100 v5 virtual machine has eight H100 GPUs.",
    from: "ND H100 v5 is the Azure virtual machine (VM)",
  },
  {
    claim: "Perlmutter Scratch was planned with 30 PB and is documented with 35 PB.",
    from: "Capacity planned in 2019 | 30 PB",
  },
  {
    claim: "NERSC's documentation gives the Perlmutter file system more than 5 TB/s of bandwidth.",
    from: "Bandwidth in NERSC documentation | more than 5 TB/s",
  },
  {
    claim: "Files that nobody has accessed for 8 weeks may get deleted.",
    from: "Files not accessed within 8 weeks",
  },
  { claim: "The Perlmutter file system has 16 metadata servers.", from: "Metadata servers (MDS) | 16" },
  {
    claim: "Feast has an offline store with training data and an online store for reads with low latency.",
    from: "Feast, an open-source feature store",
  },
  {
    claim: "In concept drift, the relation between inputs and target changes.",
    from: "Concept drift means that the relation",
  },
  {
    claim: "A model registry serves as central index of models with their versions and metadata.",
    from: "A model registry is the central index",
  },
];
