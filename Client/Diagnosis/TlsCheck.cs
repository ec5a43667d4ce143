using MMOrleans.Client.Invocations;
using MMOrleans.Configuration.Sources;

namespace MMOrleans.Client.Diagnosis;

/// <summary>Whether the certificate that a cluster would be shown can be used, and for how long yet.</summary>
internal static class TlsCheck
{
    private static readonly TimeSpan Soon = TimeSpan.FromDays(14);

    public static Finding Run(EnvironmentSnapshot environment, TimeProvider clock)
    {
        try
        {
            if (ClientTls.Read(environment) is not { } files)
                return new(FindingLevel.Ok, "certificate", "none: MM_TLS_CERT is not set");
            var identity = ClientTls.Open(files);
            var left = identity.Expires - clock.GetUtcNow();
            return left < Soon
                ? new(
                    FindingLevel.Warning,
                    "certificate",
                    $"{identity.Certificate.Subject} expires in {(int)left.TotalDays} days",
                    "have the cluster's authority issue a new one; mm reads the files anew at every start"
                )
                : new(
                    FindingLevel.Ok,
                    "certificate",
                    $"{identity.Certificate.Subject}, {(int)left.TotalDays} days left"
                );
        }
        catch (FaultException fault)
        {
            return new(FindingLevel.Failure, "certificate", $"{fault.Code} {fault.Message}", fault.Fix);
        }
    }
}
