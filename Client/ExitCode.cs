namespace MMOrleans.Client;

/// <summary>What the process tells the shell.</summary>
internal static class ExitCode
{
    public const int Success = 0;
    public const int Failed = 1;
    public const int Usage = 2;
    public const int NotFound = 3;
    public const int Cluster = 4;
    public const int Data = 5;
    public const int Checkpoint = 6;
    public const int StoppedByOthers = 7;
    public const int BelowFailUnder = 8;
    public const int Machine = 9;
    public const int HungUp = 129;
    public const int Interrupted = 130;
    public const int Terminated = 143;
}
