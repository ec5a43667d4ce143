using Exit = MMOrleans.Runs.Faults.ExitCode;
using Http = System.Net.HttpStatusCode;

namespace MMOrleans.Runs.Faults;

/// <summary>All error codes: what <c>mm explain</c> prints, how a process ends, and what a request is answered with.</summary>
public static class FaultCatalogue
{
    /// <summary>In the order of their codes.</summary>
    public static IReadOnlyList<FaultEntry> All { get; } =
    [
        new(
            "MM1001",
            Exit.Usage,
            Http.BadRequest,
            "unknown verb or flag",
            "The command line contains a verb or flag that mm does not have. Names cannot be abbreviated, so that scripts keep their meaning when verbs are added.",
            "unknown flag --epoch",
            "use the suggested name (did you mean --epochs), or list all of them: mm --help, mm train --help"
        ),
        new(
            "MM1002",
            Exit.Usage,
            Http.BadRequest,
            "wrong type of value",
            "A flag or key got a value of the wrong type. In files, 010 and 1_000 are refused because YAML parsers disagree about them, and booleans are written true or false, not on or off.",
            "--epochs wants a whole number, got 'many'",
            "write a value like the example in the message, such as --epochs 200"
        ),
        new(
            "MM1003",
            Exit.Usage,
            Http.BadRequest,
            "unknown key",
            "A configuration file, --set or an MM_SET__ variable names a key that does not exist. Ignoring it would silently train something else, so unknown keys are errors.",
            "run.yaml:14:3: unknown key 'optimizer' (did you mean 'optimiser'?)",
            "use the suggested key; mm config explain lists all keys, mm config explain train those of one section"
        ),
        new(
            "MM1004",
            Exit.Usage,
            Http.BadRequest,
            "value out of range, or not available",
            "The type is right, but the value is outside the key's range or not supported by this version. Unsupported values are refused, not ignored.",
            "--ratio must be 1 or more, got 0.01",
            "choose a value in the range; the ratio is largest class : smallest class, so an imbalance factor of 0.01 is --ratio 100"
        ),
        new(
            "MM1005",
            Exit.Usage,
            Http.BadRequest,
            "contradicting settings",
            "Two settings exclude each other. mm does not guess which one was meant, because the choice changes the run's numbers.",
            "imbalance.kind none contradicts imbalance.ratio 100",
            "remove one of the two settings named in the message"
        ),
        new(
            "MM1006",
            Exit.Usage,
            Http.BadRequest,
            "malformed configuration file",
            "The file is not valid YAML, is indented with tabs, repeats a key, or uses anchors, tags or several documents, none of which a configuration needs.",
            "run.yaml:7:3: key 'epochs' stands here a second time (first at line 5)",
            "correct the line named in the message, then check again: mm config check FILE"
        ),
        new(
            "MM1007",
            Exit.NotFound,
            Http.NotFound,
            "no such preset, method, model, loss or run",
            "The name does not exist. The message lists the valid ones.",
            "no preset 'cifar10-lt' (did you mean 'cifar10-lt-10'?)",
            "use one of the listed names; mm runs lists runs, mm config explain method.name lists methods"
        ),
        new(
            "MM1008",
            Exit.Usage,
            Http.BadRequest,
            "re-weighting starts after the last epoch",
            "method.defer_epoch was set explicitly and is not below train.epochs, so the deferred phase would never start: the run would be plain training under another method's name.",
            "method.defer_epoch 160 is not below train.epochs 100",
            "--set method.defer_epoch=auto scales it with the epochs"
        ),
        new(
            "MM1009",
            Exit.NotFound,
            Http.Conflict,
            "ambiguous run prefix",
            "The prefix matches several run ids.",
            "'r-7' matches 3 runs: r-7f3k9q, r-7h2m4d, r-7zz01k",
            "use a longer prefix, a full id, or the run's name"
        ),
        new(
            "MM1010",
            Exit.Usage,
            Http.BadRequest,
            "secret in a flag or file",
            "Other users of the machine can read command lines, and configuration files are copied into run folders. mm therefore reads secrets only from environment variables, or from a file of their own.",
            "--token puts a secret on the command line",
            "set MM_TOKEN=… in the environment, or use --token-file FILE; rotate the secret if it was exposed"
        ),
        new(
            "MM1011",
            Exit.Usage,
            Http.BadRequest,
            "certificate cannot be used",
            "A TLS file is missing, unreadable or not PEM; the key does not match the certificate; or the certificate has expired, was issued by an authority other than the configured one, or lacks the DNS name mm-silo that every silo's certificate must have. No connection was made.",
            "tls.crt cannot be used, its certificate (CN=mm) expired on 2026-01-05 10:41:07Z",
            "have the cluster's authority issue a new certificate: for a silo with the DNS name mm-silo, for servers and clients; that of mm for clients"
        ),
        new(
            "MM2001",
            Exit.Data,
            Http.Conflict,
            "data not found",
            "The dataset's files are not at the expected location.",
            "CIFAR-10 is not in ./data: there is nothing there",
            "mm data fetch cifar10, or --data-dir with the folder that holds test_batch.bin"
        ),
        new(
            "MM2002",
            Exit.Data,
            Http.Conflict,
            "checksum mismatch",
            "A file has the right name but not the published content. Results of training on it could not be compared with published results.",
            "data_batch_3.bin: SHA-256 expected 1ea4…, got 9f02…, size 30,730,000 of 30,730,000 bytes",
            "mm data fetch cifar10 --repair"
        ),
        new(
            "MM2003",
            Exit.Data,
            Http.Conflict,
            "download interrupted",
            "The connection closed before the download was complete, or no mirror answered. The part that arrived is kept beside the target as NAME.part.",
            "cifar-10-binary.tar.gz stopped at 61 of 162 MiB",
            "run the same command again; it resumes where it stopped"
        ),
        new(
            "MM2004",
            Exit.Data,
            Http.Conflict,
            "truncated or foreign file",
            "The size or content of the file does not match its format.",
            "data_batch_3.bin is 30,720,000 bytes, wanted 30,730,000 of CIFAR-10",
            "mm data fetch cifar10 --repair, or point --data-dir to the right folder"
        ),
        new(
            "MM2005",
            Exit.Data,
            Http.Conflict,
            "unreadable image",
            "One of your own images, for training or for mm predict, cannot be decoded.",
            "train/dog/b.jpg cannot be read: not a JPEG, PNG, WebP or BMP by its first bytes",
            "replace the image, or skip such images: --set dataset.on_bad_image=skip"
        ),
        new(
            "MM2006",
            Exit.Data,
            Http.Conflict,
            "class missing or empty",
            "A class has no training images, in the data itself or after the imbalance is applied, or more images are requested than exist: margins and class weights are undefined for an empty class. Also raised when there are no test images at all. A class without test images is not an error while other classes have some: its error is undefined and left out of every mean.",
            "class 7 has 0 training images, so its margin and its weight are undefined",
            "lower imbalance.ratio, or add images to the class"
        ),
        new(
            "MM2007",
            Exit.Data,
            Http.Conflict,
            "archive entry outside its folder",
            "An archive entry would be extracted outside the target folder. Published archives contain no such entries.",
            "refused '../x' in cifar-10-binary.tar.gz: an archive entry must not leave its folder",
            "do not use this archive; download it again from its publisher"
        ),
        new(
            "MM3001",
            Exit.Cluster,
            Http.ServiceUnavailable,
            "cluster unreachable",
            "No silo answered at the address. From mm-silo: Redis cannot be used, and the message says whether its name does not resolve, nothing listens there, something other than Redis answers, or Redis refuses writes.",
            "no silo answered at mm-silo.ml.svc:30000 in 10 s",
            "check the address and port in --cluster; runs in this machine's folder need no --cluster"
        ),
        new(
            "MM3002",
            Exit.Cluster,
            Http.ServiceUnavailable,
            "too few trainers",
            "Fewer trainers than the run's minimum became free within distribution.wait. A strict run that goes on gets only trainers of the build, card, driver and cuDNN that it was started on, since others would compute other bits.",
            "wanted 8 trainers, have 2 after 60 s",
            "--trainers 2, or wait longer with --wait 10m"
        ),
        new(
            "MM3003",
            Exit.Cluster,
            Http.Forbidden,
            "not allowed",
            "The token's role does not permit the action; or client and cluster do not trust each other's certificates, or one side has none; or, from mm-silo, Redis rejected its user or password.",
            "token has role viewer, submit needs operator",
            "ask the cluster's administrator for an operator token, or for a certificate: MM_TLS_CERT, MM_TLS_KEY and MM_TLS_CA name its files"
        ),
        new(
            "MM3004",
            Exit.Cluster,
            Http.Conflict,
            "incompatible versions",
            "Client and cluster run versions that do not understand each other.",
            "client 0.3, cluster 0.2",
            "use the client version of the cluster"
        ),
        new(
            "MM3005",
            Exit.Cluster,
            Http.Conflict,
            "run id already in use",
            "A run with this id exists and has a different configuration.",
            "r-7f3k9q exists with another configuration",
            "submit without an id, or with another --name"
        ),
        new(
            "MM3006",
            Exit.Usage,
            Http.Conflict,
            "run is locked by another process",
            "Only one process at a time writes to a run's folder. It holds the lock file writer.lock, which the operating system releases when the process ends for any reason; writer.json names the process.",
            "r-7f3k9q is being trained by process 4242 on gpu-1 since 2026-01-05 10:41:07 UTC",
            "mm watch RUN follows it; to take over, first mm stop RUN where it is running"
        ),
        new(
            "MM4001",
            Exit.Failed,
            Http.Conflict,
            "out of device memory",
            "A slot's batch does not fit into the device's memory.",
            "needed 9.1 GiB, free 7.6 of 8.0 GiB at batch 128",
            "use more slots (--slots 8) or a smaller --batch-size; both change the run's numbers"
        ),
        new(
            "MM4002",
            Exit.Failed,
            Http.Conflict,
            "trainer lost repeatedly",
            "A trainer left several times within minutes and is quarantined. Only a warning while enough other trainers remain.",
            "silo-2 lost 5 times in 10 min",
            "mm why RUN shows why it was lost; mm logs RUN --trainer SILO/T0 shows its log"
        ),
        new(
            "MM4003",
            Exit.Failed,
            Http.Conflict,
            "loss is not finite",
            "The loss became infinite or NaN, usually because the learning rate is too high for the loss function and batch size. The state before that round is intact.",
            "epoch 43, round 61, slot 2: loss is not finite, first in layer1.0.conv1",
            "mm why RUN shows what led to it; mm show RUN --config > RUN.yaml, then mm train RUN.yaml --set optimiser.clip_norm=5, or with a lower --lr"
        ),
        new(
            "MM4004",
            Exit.Failed,
            Http.Conflict,
            "replicas differ",
            "Two trainers that must hold identical bytes do not: faulty memory, or different builds of the native library.",
            "round 512: silo-1/t0 differs in layer1.0.conv1",
            "the trainer is removed and the state restored; test that machine's memory"
        ),
        new(
            "MM5001",
            Exit.Checkpoint,
            Http.Conflict,
            "checkpoint or model file damaged",
            "A checkpoint file is missing, truncated, or does not match the manifest's SHA-256; or a model file is truncated, does not match its model.json, or contains more than tensors.",
            "epoch-42/model.safetensors: SHA-256 differs",
            "use an older one: mm checkpoints list RUN, then mm resume RUN --from epoch-41"
        ),
        new(
            "MM5002",
            Exit.Checkpoint,
            Http.Conflict,
            "checkpoint or model file does not fit",
            "The checkpoint belongs to a run with another model, number of classes or specification; or the format of the model file is not supported, or no model.json describes it.",
            "model resnet32 with 100 classes, the configuration says 10",
            "change the key named in the message, or choose another checkpoint"
        ),
        new(
            "MM5003",
            Exit.Machine,
            Http.InsufficientStorage,
            "cannot write",
            "A file could not be written: disk full, read-only file system, or access denied. A run that is training continues and retries.",
            "no space left on device at ./runs/r-7f3k9q",
            "free space, or choose another folder with --output DIR"
        ),
        new(
            "MM5004",
            Exit.Machine,
            Http.BadGateway,
            "object store unreachable",
            "The object store that holds the checkpoints did not answer after several attempts. A run that is training continues and retries at its next checkpoint.",
            "bucket my-bucket did not answer s3:PutObject: connection refused",
            "check that the store is running and that AWS_ENDPOINT_URL_S3 and AWS_REGION point to it"
        ),
        new(
            "MM5005",
            Exit.Machine,
            Http.BadGateway,
            "object store denied access",
            "The checkpoint store rejected the credentials, or they lack a required permission. A run that is training continues and retries at its next checkpoint.",
            "bucket my-bucket denies s3:PutObject (AccessDenied)",
            "grant s3:ListBucket, s3:GetObject, s3:PutObject and s3:DeleteObject, or provide other credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile or a role"
        ),
        new(
            "MM5006",
            Exit.Machine,
            Http.BadGateway,
            "no such bucket",
            "The bucket for checkpoints does not exist, and is never created automatically. A run that is training continues and retries at its next checkpoint.",
            "there is no bucket my-bucket: s3:PutObject has no place",
            "create the bucket, or name another with --set checkpoint.path=s3://BUCKET/PREFIX"
        ),
        new(
            "MM5007",
            Exit.Machine,
            Http.Conflict,
            "file or folder cannot be used",
            "The operating system refused a path: it does not exist, is of the wrong kind, such as a folder in place of a file, may not be read or written by this user, or is on a disk that is full or gone. The message is the system's own.",
            "Access to the path '/data/m.pt' is denied",
            "check the path named in the message: ls -ld PATH"
        ),
        new(
            "MM6001",
            Exit.Success,
            Http.Conflict,
            "telemetry endpoint unreachable",
            "The telemetry endpoint does not answer, so telemetry is dropped. Training is not affected.",
            "http://localhost:4317 does not answer: 312 items dropped, training unaffected",
            "correct telemetry.otlp_endpoint or OTEL_EXPORTER_OTLP_ENDPOINT, or set it to null"
        ),
        new(
            "MM9001",
            Exit.Machine,
            Http.Conflict,
            "native library missing or too old",
            "libtorch, the library that does the arithmetic, cannot be loaded. Verbs that neither train nor run inference work without it.",
            "libtorch 2.10.0 does not load: libLibTorchSharp.so is in none of the folders searched",
            "dotnet restore and build again on a supported platform (linux-x64, win-x64, osx-arm64); mm doctor shows what was tried"
        ),
        new(
            "MM9002",
            Exit.Machine,
            Http.Conflict,
            "requested device not available",
            "The device that was asked for is not visible to the native library.",
            "--device cuda, but libtorch sees no CUDA device",
            "--device cpu, or a build with -p:TorchBackend=cuda and a driver"
        ),
        new(
            "MM9099",
            Exit.Failed,
            Http.InternalServerError,
            "internal error",
            "Something unexpected happened inside mm: a bug.",
            "internal error in mm train: InvalidOperationException: …",
            "run it again with -v for the stack trace and report it with that"
        ),
    ];

    private static readonly Dictionary<string, FaultEntry> ByCode = All.ToDictionary(entry => entry.Code);

    /// <summary>Null when there is no such code.</summary>
    public static FaultEntry? Find(string code) => ByCode.GetValueOrDefault(code.ToUpperInvariant());

    /// <summary>How a process ends by it; as by an internal error for a code that is not of this catalogue.</summary>
    public static int ExitCodeOf(string code) => Find(code)?.ExitCode ?? Exit.Failed;

    /// <summary>What a request is answered with; 409 for a code that is not of this catalogue.</summary>
    public static Http StatusOf(string code) => Find(code)?.Status ?? Http.Conflict;
}
