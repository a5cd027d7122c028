namespace SmtpTlsProxy.Protocol;

/// <summary>How well one leg is protected, as the dialogue's rules ask (1.3, 2.8, 4.6).</summary>
/// <param name="IsTls">The leg is encrypted.</param>
/// <param name="IsVerified">The peer's certificate was verified: chain, name, expiry.</param>
/// <param name="MayCarryAuth">AUTH may pass as far as this leg is concerned: it meets its policy, or the policy is none.</param>
public readonly record struct LegSecurity(bool IsTls, bool IsVerified, bool MayCarryAuth);
