using MMOrleans.Configuration.Sources;
using MMOrleans.Runs.ObjectStores;

namespace MMOrleans.Client.Diagnosis;

/// <summary>Whether the bucket that runs of this machine keep their checkpoints in answers, where one is configured.</summary>
internal static class ObjectStoreCheck
{
    private const string Variable = "MM_SET__CHECKPOINT__PATH";
    private const string What = "object store";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static async Task<Finding> RunAsync(EnvironmentSnapshot environment, IObjectStores stores)
    {
        if (environment[Variable] is not { } text || text == "null")
            return new(FindingLevel.Ok, What, $"none named: {Variable} is not set");
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            var address = ObjectStoreAddress.Parse(Variable, text);
            await stores.Open(address).ListAsync(address.KeyOf("mm-doctor"), limit.Token);
            return new(FindingLevel.Ok, What, $"{address} answers");
        }
        catch (FaultException fault)
        {
            return new(FindingLevel.Failure, What, $"{fault.Code} {fault.Message}", fault.Fix);
        }
        catch (OperationCanceledException)
        {
            return new(
                FindingLevel.Failure,
                What,
                $"MM5004 {text} did not answer in {Patience.TotalSeconds:0} s",
                "see that the store runs and that AWS_ENDPOINT_URL_S3 and AWS_REGION name it"
            );
        }
    }
}
