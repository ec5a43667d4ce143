namespace MMOrleans.Runs.Faults;

/// <summary>What a process tells the shell.</summary>
public static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Success = 0;

    /// <summary>The run failed, or the program has a bug.</summary>
    public const int Failed = 1;

    /// <summary>A flag, key or value is wrong.</summary>
    public const int Usage = 2;

    /// <summary>There is no such run, preset, method, model or loss.</summary>
    public const int NotFound = 3;

    /// <summary>The cluster cannot be reached, or refuses.</summary>
    public const int Cluster = 4;

    /// <summary>The data is missing, damaged or not sufficient.</summary>
    public const int Data = 5;

    /// <summary>A checkpoint or model file is damaged, or does not fit.</summary>
    public const int Checkpoint = 6;

    /// <summary>Another process stopped the run.</summary>
    public const int StoppedByOthers = 7;

    /// <summary>The accuracy is below <c>--fail-under</c>.</summary>
    public const int BelowFailUnder = 8;

    /// <summary>The machine or a store refuses: disk, device, native library, object store.</summary>
    public const int Machine = 9;

    /// <summary>SIGHUP.</summary>
    public const int HungUp = 129;

    /// <summary>SIGINT.</summary>
    public const int Interrupted = 130;

    /// <summary>SIGTERM.</summary>
    public const int Terminated = 143;
}
