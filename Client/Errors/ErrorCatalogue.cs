using Exit = MMOrleans.Client.ExitCode;

namespace MMOrleans.Client.Errors;

/// <summary>All error codes; <c>mm explain</c> prints them, and an exit code is looked up here and nowhere else.</summary>
internal static class ErrorCatalogue
{
    public static IReadOnlyList<ErrorEntry> All { get; } =
    [
        new(
            "MM1001",
            Exit.Usage,
            "unknown verb or flag",
            "The command line holds a word that mm does not know. Verbs and flags cannot be abbreviated, so that a script written today still means the same when verbs are added.",
            "unknown flag --epoch",
            "take the suggestion (did you mean --epochs), or list what there is: mm --help, mm train --help"
        ),
        new(
            "MM1002",
            Exit.Usage,
            "wrong type of value",
            "A flag or key got a value of another kind than it takes. In files: 010 and 1_000 are refused because YAML readers disagree on what they mean, and true values are written true or false, not on or off.",
            "--epochs wants a whole number, got 'many'",
            "write a value like the example in the message, such as --epochs 200"
        ),
        new(
            "MM1003",
            Exit.Usage,
            "unknown key",
            "A configuration file, --set or an MM_SET__ variable names a key that does not exist. An ignored key would silently train something else, so unknown keys are errors.",
            "run.yaml:14:3: unknown key 'optimizer' (did you mean 'optimiser'?)",
            "take the suggestion; mm config explain lists all keys, mm config explain train one section"
        ),
        new(
            "MM1004",
            Exit.Usage,
            "value out of range, or not available",
            "The value is of the right type, but the key does not take it, or this version does not offer it yet. What is not offered is refused rather than ignored.",
            "--ratio must be 1 or more, got 0.01",
            "stay in the range; the ratio is largest class : smallest class, so for an imbalance factor of 0.01 write --ratio 100"
        ),
        new(
            "MM1005",
            Exit.Usage,
            "contradicting settings",
            "Two settings cannot both hold. Which of them was meant cannot be guessed, and guessing would change the numbers of the run.",
            "imbalance.kind none contradicts imbalance.ratio 100",
            "drop one of the two that the message names"
        ),
        new(
            "MM1006",
            Exit.Usage,
            "not a well-formed configuration file",
            "The file is not YAML, uses tabs for indentation, holds a key twice, or uses anchors, tags or several documents, which configurations do not need.",
            "run.yaml:7:3: key 'epochs' stands here a second time (first at line 5)",
            "correct the line that the message names; mm config check FILE looks again"
        ),
        new(
            "MM1007",
            Exit.NotFound,
            "no such preset, method, model, loss or run",
            "A name is not one of those that exist. The message lists them.",
            "no preset 'cifar10-lt' (did you mean 'cifar10-lt-10'?)",
            "use one of the names listed; mm runs lists runs, mm config explain method.name lists methods"
        ),
        new(
            "MM1008",
            Exit.Usage,
            "re-weighting starts after the last epoch",
            "method.defer_epoch was written by hand and lies at or after train.epochs, so the deferred phase would never begin and the run would be plain training under the name of another method.",
            "method.defer_epoch 160 is not below train.epochs 100",
            "--set method.defer_epoch=auto scales it with the epochs"
        ),
        new(
            "MM1009",
            Exit.NotFound,
            "ambiguous run prefix",
            "A beginning of a run id matches several runs.",
            "'r-7' matches 3 runs: r-7f3k9q, r-7h2m4d, r-7zz01k",
            "write one of the matches in full, or its name"
        ),
        new(
            "MM1010",
            Exit.Usage,
            "secret in a flag or file",
            "Command lines can be read by other users of the machine and files are copied into run folders, so mm takes secrets from the environment or from a file of their own only.",
            "--token puts a secret on the command line",
            "MM_TOKEN=… in the environment, or --token-file FILE; change the secret if it was shown"
        ),
        new(
            "MM1011",
            Exit.Usage,
            "certificate cannot be used",
            "A file that TLS needs is missing, unreadable or not PEM; the key is not the certificate's; or the certificate expired, was issued by another authority than the one named beside it, or lacks the name mm-silo that a silo's carries. Nothing was connected to.",
            "tls.crt cannot be used, its certificate (CN=mm) expired on 2026-01-05 10:41:07Z",
            "have the cluster's authority issue a new one: a silo's with the DNS name mm-silo, for servers and clients; that of mm for clients"
        ),
        new(
            "MM2001",
            Exit.Data,
            "data not found",
            "The data set's files are not where they were looked for.",
            "CIFAR-10 is not in ./data: there is nothing there",
            "mm data fetch cifar10, or --data-dir with the folder that holds test_batch.bin"
        ),
        new(
            "MM2002",
            Exit.Data,
            "checksum differs",
            "A file has the right name but not the published contents. Training on it could not be compared with anything.",
            "data_batch_3.bin: SHA-256 expected 1ea4…, got 9f02…, size 30,730,000 of 30,730,000 bytes",
            "mm data fetch cifar10 --repair"
        ),
        new(
            "MM2003",
            Exit.Data,
            "download broke",
            "The connection ended before the file did, or no mirror answered. What arrived is kept beside the target as NAME.part.",
            "cifar-10-binary.tar.gz stopped at 61 of 162 MiB",
            "run the same command again; it goes on where it stopped"
        ),
        new(
            "MM2004",
            Exit.Data,
            "truncated or foreign file",
            "A file has not the size or contents that its format demands.",
            "data_batch_3.bin is 30,720,000 bytes, wanted 30,730,000 of CIFAR-10",
            "mm data fetch cifar10 --repair, or point --data-dir at the right folder"
        ),
        new(
            "MM2005",
            Exit.Data,
            "image unreadable",
            "An image of one's own, for training or for mm predict, cannot be decoded.",
            "train/dog/b.jpg cannot be read: not a JPEG, PNG, WebP or BMP by its first bytes",
            "replace the image, or leave such images out: --set dataset.on_bad_image=skip"
        ),
        new(
            "MM2006",
            Exit.Data,
            "class missing or empty",
            "A class has no training image, of itself or after the imbalance is applied, or more images are asked for than there are: margins and class weights are undefined for an empty class. Or there is no test image at all. A class without test images among others that have some is no fault: its error is undefined and not counted in any mean.",
            "class 7 has 0 training images, so its margin and its weight are undefined",
            "lower imbalance.ratio, or fill that class"
        ),
        new(
            "MM2007",
            Exit.Data,
            "archive entry leaves its folder",
            "An archive names a file outside the folder it is unpacked to. Published archives do not.",
            "refused '../x' in cifar-10-binary.tar.gz: an archive entry must not leave its folder",
            "do not use that archive; fetch it anew from where it was published"
        ),
        new(
            "MM3001",
            Exit.Cluster,
            "cluster unreachable",
            "No silo answered at the address; or, of mm-silo, Redis cannot be used: the message says whether the name does not resolve, nothing listens, something else than Redis does, or Redis takes no writes.",
            "no silo answered at mm-silo.ml.svc:30000 in 10 s",
            "check address and port of --cluster; a run in this machine's folder needs no --cluster"
        ),
        new(
            "MM3002",
            Exit.Cluster,
            "too few trainers",
            "Fewer trainers than the run's minimum were free within distribution.wait.",
            "wanted 8 trainers, have 2 after 60 s",
            "--trainers 2, or wait longer with --wait 10m"
        ),
        new(
            "MM3003",
            Exit.Cluster,
            "not allowed",
            "The token's role does not permit the action; or a cluster and mm do not trust each other's certificates, or one of both has none; or, of mm-silo, Redis refuses its password or user.",
            "token has role viewer, submit needs operator",
            "ask whoever runs the cluster for an operator token, or for a certificate: MM_TLS_CERT, MM_TLS_KEY and MM_TLS_CA name its files"
        ),
        new(
            "MM3004",
            Exit.Cluster,
            "versions differ",
            "Client and cluster are of versions that do not understand each other.",
            "client 0.3, cluster 0.2",
            "use the client of the cluster's version"
        ),
        new(
            "MM3005",
            Exit.Cluster,
            "submitted twice",
            "A run of that id exists with another configuration.",
            "r-7f3k9q exists with another configuration",
            "submit without the id, or with another --name"
        ),
        new(
            "MM3006",
            Exit.Usage,
            "another process trains the run",
            "One process at a time writes into a run's folder. It holds the file writer.lock there, which the operating system releases when the process ends, however it ends; writer.json says which process it is.",
            "r-7f3k9q is being trained by process 4242 on gpu-1 since 2026-01-05 10:41:07 UTC",
            "mm watch RUN looks on; stop it first with mm stop RUN where it runs"
        ),
        new(
            "MM4001",
            Exit.Failed,
            "out of device memory",
            "The batch of a slot does not fit into the device's memory.",
            "needed 9.1 GiB, free 7.6 of 8.0 GiB at batch 128",
            "more slots (--slots 8) or a smaller --batch-size; both change the numbers of the run"
        ),
        new(
            "MM4002",
            Exit.Failed,
            "trainer lost too often",
            "A trainer went away several times within minutes and is kept out for a while. A warning while enough others remain.",
            "silo-2 lost 5 times in 10 min",
            "mm why RUN says why it was lost; mm logs RUN --trainer SILO/T0 says what it said"
        ),
        new(
            "MM4003",
            Exit.Failed,
            "loss is not finite",
            "The loss became infinite or not a number, usually because the learning rate is too high for the loss and batch size. The state before that round is intact.",
            "epoch 43, round 61, slot 2: loss is not finite, first in layer1.0.conv1",
            "mm why RUN says what came before it; mm show RUN --config > RUN.yaml, then mm train RUN.yaml --set optimiser.clip_norm=5, or with a lower --lr"
        ),
        new(
            "MM4004",
            Exit.Failed,
            "replicas differ",
            "Two trainers that must hold the same bytes do not: faulty memory, or another build of the native library.",
            "round 512: silo-1/t0 differs in layer1.0.conv1",
            "the trainer is taken out and the state restored; check that machine's memory"
        ),
        new(
            "MM5001",
            Exit.Checkpoint,
            "checkpoint or model file damaged",
            "A file of the checkpoint is missing, cut, or its SHA-256 differs from the manifest's; or a model file is cut, differs from its model.json, or holds more than tensors.",
            "epoch-42/model.safetensors: SHA-256 differs",
            "use an older one: mm checkpoints list RUN, then mm resume RUN --from epoch-41"
        ),
        new(
            "MM5002",
            Exit.Checkpoint,
            "checkpoint or model file does not fit",
            "The checkpoint was written by a run with another model, number of classes or specification; or a model file is of a kind that is not read, or has no model.json that describes it.",
            "model resnet32 with 100 classes, the configuration says 10",
            "change the key that the message names, or choose another checkpoint"
        ),
        new(
            "MM5003",
            Exit.Machine,
            "cannot write",
            "A file could not be written: disk full, read-only, or access denied. A run that is under way goes on and tries again.",
            "no space left on device at ./runs/r-7f3k9q",
            "free space, or choose another folder with --output DIR"
        ),
        new(
            "MM5004",
            Exit.Machine,
            "object store away",
            "The object store of the checkpoints does not answer, after several attempts. A run that is under way goes on and tries again at its next checkpoint.",
            "bucket my-bucket did not answer s3:PutObject: connection refused",
            "see that the store runs and that AWS_ENDPOINT_URL_S3 and AWS_REGION name it"
        ),
        new(
            "MM5005",
            Exit.Machine,
            "object store denies access",
            "The object store of the checkpoints knows the credentials not, or does not let them do what is needed. A run that is under way goes on and tries again at its next checkpoint.",
            "bucket my-bucket denies s3:PutObject (AccessDenied)",
            "allow s3:ListBucket, s3:GetObject, s3:PutObject and s3:DeleteObject to them, or give others: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile or a role"
        ),
        new(
            "MM5006",
            Exit.Machine,
            "no such bucket",
            "The object store of the checkpoints has no bucket of that name; it is never made by itself. A run that is under way goes on and tries again at its next checkpoint.",
            "there is no bucket my-bucket: s3:PutObject has no place",
            "make the bucket, or name another with --set checkpoint.path=s3://BUCKET/PREFIX"
        ),
        new(
            "MM5007",
            Exit.Machine,
            "file or folder cannot be used",
            "The operating system refuses a path: it is not there, is of another kind than is needed, may not be read or written by this user, or lies on a disk that is full or gone. The message is the system's, with the path.",
            "Access to the path '/data/m.pt' is denied",
            "look at the path that the message names: ls -ld PATH"
        ),
        new(
            "MM6001",
            Exit.Success,
            "telemetry endpoint down",
            "The telemetry endpoint does not answer; items are dropped. Training is not affected.",
            "http://localhost:4317 does not answer: 312 items dropped, training unaffected",
            "correct telemetry.otlp_endpoint or OTEL_EXPORTER_OTLP_ENDPOINT, or set it to null"
        ),
        new(
            "MM9001",
            Exit.Machine,
            "native library missing or too old",
            "libtorch, which does the arithmetic, cannot be loaded. Verbs that neither train nor infer do without it.",
            "libtorch 2.10.0 does not load: libLibTorchSharp.so is in none of the folders searched",
            "dotnet restore and build again on a supported platform (linux-x64, win-x64, osx-arm64); mm doctor shows what was tried"
        ),
        new(
            "MM9002",
            Exit.Machine,
            "device asked for is absent",
            "A device was asked for by name and the native library does not see one.",
            "--device cuda, but libtorch sees no CUDA device",
            "--device cpu, or a build with -p:TorchBackend=cuda and a driver"
        ),
        new(
            "MM9099",
            Exit.Failed,
            "internal error",
            "Something that mm did not expect: a bug.",
            "internal error in mm train: InvalidOperationException: …",
            "run it again with -v for the stack trace and report it with that"
        ),
    ];

    private static readonly Dictionary<string, ErrorEntry> ByCode = All.ToDictionary(entry => entry.Code);

    /// <summary>Null when there is no such code.</summary>
    public static ErrorEntry? Find(string code) => ByCode.GetValueOrDefault(code.ToUpperInvariant());

    /// <summary>1 for a code that is not of this catalogue.</summary>
    public static int ExitCodeOf(string code) => Find(code)?.ExitCode ?? Exit.Failed;
}
